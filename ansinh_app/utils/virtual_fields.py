"""Fields worked out for each reader: what a form sends back of them is nobody else's to read."""


def forget_sent(doc) -> None:
    """Drop the values of virtual fields that a form sent with the document.

    The properties work them out anew; a sent one would be written into the document's history, where readers
    find it who may not see what the sender saw.
    """
    for field in doc.meta.fields:
        if field.get("is_virtual"):
            doc.__dict__.pop(field.fieldname, None)
