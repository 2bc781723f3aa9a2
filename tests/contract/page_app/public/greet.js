document.title = "Chào";
