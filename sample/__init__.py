"""The sample city: `make demo` writes its files to sample/out."""
