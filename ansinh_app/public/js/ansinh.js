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

    // A bench writes texts into lists, reports and choices as markup: what is under a seal may still hold some.
    const MARKUP = /<(?!\/?(?:b|br|strong|i|em|p)\s*\/?>)(?=[a-z/!?])/gi;
    const TEXTS = ["Data", "Small Text", "Text", "Long Text"];

    function plain(value) {
        return typeof value === "string" ? value.replace(MARKUP, "‹") : value;
    }

    function ofOurReport() {
        const report = desk.get_route && desk.get_route()[0] === "query-report" && desk.query_report;
        return Boolean(report && report.report_doc && MODULES.includes(report.report_doc.module));
    }

    const formatAsFrappeDoes = desk.format;
    desk.format = function (value, field, ...rest) {
        const text = field && TEXTS.includes(field.fieldtype || "Data");
        const shown = text && (field.parent ? ours(field.parent) : ofOurReport()) ? plain(value) : value;
        return formatAsFrappeDoes.call(this, shown, field, ...rest);
    };

    const link = desk.ui && desk.ui.form && desk.ui.form.ControlLink;
    if (link) {
        const choicesAsFrappeGivesThem = link.prototype.merge_duplicates;
        link.prototype.merge_duplicates = function (found) {
            const choices = choicesAsFrappeGivesThem.call(this, found);
            const chosen = this.get_options();
            // What another document is chosen from may not have been opened: its kind is not known here then.
            if (desk.get_meta(chosen) && !ours(chosen)) return choices;
            return choices.map((one) => ({ ...one, label: plain(one.label), description: plain(one.description) }));
        };
    }

    // A bench fills every Time without a default with now: an hour nobody chose.
    const defaultAsFrappeGivesIt = desk.model.get_default_value;
    desk.model.get_default_value = function (field, doc) {
        const value = defaultAsFrappeGivesIt.apply(this, arguments);
        if (field.fieldtype !== "Time" || field.default || !doc || !ours(doc.doctype)) return value;
        field.__default_value = undefined;
        return undefined;
    };
})();
