// What a bench's desk shows wrongly on this app's forms is mended here; on other desks nothing is done.
(function () {
    "use strict";
    const desk = window.frappe;
    if (!desk || !desk.form || !desk.form.link_formatters || !desk.model) return;
    const MODULES = ["Policy", "Registry", "Payee Accounts", "Payouts", "Outreach", "Oversight"];

    function ours(doctype) {
        const meta = doctype && desk.get_meta(doctype);
        return Boolean(meta && MODULES.includes(meta.module));
    }

    // A bench shows the document's full_name for every User: on our forms that is the beneficiary's.
    const userAsFrappeShowsIt = desk.form.link_formatters.User;
    desk.form.link_formatters.User = function (value, doc, field) {
        if (!doc || !ours(doc.doctype)) return userAsFrappeShowsIt(value, doc, field);
        const info = value && desk.user_info ? desk.user_info(value) : null;
        return (info && info.fullname) || value;
    };

    // A bench fills every Time without a default with now: an hour nobody chose.
    const defaultAsFrappeGivesIt = desk.model.get_default_value;
    desk.model.get_default_value = function (field, doc) {
        const value = defaultAsFrappeGivesIt.apply(this, arguments);
        if (field.fieldtype !== "Time" || field.default || !doc || !ours(doc.doctype)) return value;
        field.__default_value = undefined;
        return undefined;
    };
})();
