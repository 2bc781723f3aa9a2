/* The form of one person: who holds the account, papers, consent; later the account, and the card. */
"use strict";

Counter.form = (() => {
    const { make, say, store } = Counter;
    const place = document.getElementById("person");
    let person, values, problems;

    function open(found) {
        person = found;
        values = store.draft(person.request) || begin();
        draw();
        place.querySelector("h2").focus();
        compare();
    }

    function begin() {
        const open = person.ways.filter((way) => usable(way));
        const way = open.find((one) => one.holder_type === person.holder_type) || open[0];
        return {
            holder_type: way ? way.holder_type : "",
            representative: person.representative || (way && way.people.length ? way.people[0].name : ""),
            papers: person.seen,
            consent: person.consent,
            note: "",
            account_no: "",
            account_name: "",
            card_handed: false,
            safe_use_told: false,
        };
    }

    const usable = (way) => !way.refused && (way.holder_type === "Self" || way.people.length > 0);
    const way = () => person.ways.find((one) => one.holder_type === values.holder_type);

    function set(name, value, redraw = false) {
        values[name] = value;
        store.keep(person.request, values);
        problems.hidden = true;
        if (redraw) draw();
    }

    function draw() {
        const about = [person.born && say("born", person.born), person.sex, person.village].filter(Boolean).join(" · ");
        problems = make("p", { className: "notice bad", hidden: true, role: "alert" });
        place.replaceChildren(
            make("button", { type: "button", className: "small back", onclick: Counter.leave }, `‹ ${say("back")}`),
            make("h2", { tabIndex: -1 }, person.name),
            make("p", { className: "about" }, about),
            make("p", { className: "number", id: "number" }, person.id),
            ...(STEPS[person.status] || waits)(),
        );
        place.querySelector("#done")?.before(problems);
    }

    const waits = () => {
        const word = { Confirmed: "waits_confirmed", Rejected: "waits_rejected" }[person.status] || "waits_done";
        return [make("p", { className: "notice" }, make("strong", {}, say(`status_${person.status}`)), ` ${say(word)}`)];
    };

    const papers = () => [
        make("fieldset", {}, make("legend", {}, say("holder")), ...person.ways.map(wayChoice)),
        ...people(),
        make(
            "fieldset",
            {},
            make("legend", {}, say("papers")),
            ...(way() ? unique(way().papers).map((paper) => tick(paper.label, values.papers.includes(paper.field), (on) => {
                set("papers", on ? [...values.papers, paper.field] : values.papers.filter((one) => one !== paper.field));
            }, paper.field)) : []),
        ),
        tick(say("consent"), values.consent, (on) => set("consent", on), "consent"),
        make("button", { type: "button", className: "main", id: "done", onclick: () => finish("papers", missingPapers()) }, say("done")),
        make("details", { open: Boolean(values.note) },
            make("summary", {}, say("missing")),
            text("note", say("missing_what"), { tag: "textarea", rows: 2 }),
            make("p", { className: "hint" }, say("come_back")),
            make("button", { type: "button", onclick: () => finish("missing", values.note.trim() ? [] : [say("note_needed")]) }, say("missing_save")),
        ),
    ];

    const account = () => [
        text("account_no", say("account_no"), { inputMode: "numeric" }),
        text("account_name", say("account_name"), { autocapitalize: "characters", placeholder: Counter.capitals(person.holder_name) }),
        make("button", { type: "button", className: "main", id: "done", onclick: () => finish("opened", values.account_no.trim() ? [] : [say("number_needed")]) }, say("opened")),
    ];

    const card = () => [
        tick(say("card_handed"), values.card_handed, (on) => set("card_handed", on), "card_handed"),
        tick(say("safe_use"), values.safe_use_told, (on) => set("safe_use_told", on), "safe_use_told"),
        make("button", { type: "button", className: "main", id: "done", onclick: () => finish("handed", values.safe_use_told ? [] : [say("safe_needed")]) }, say("handed")),
    ];

    const STEPS = { Draft: papers, Sent: account, Opened: card };

    const unique = (found) => found.filter((paper, index) => found.findIndex((one) => one.field === paper.field) === index);

    function wayChoice(one) {
        const why = one.refused || (usable(one) ? "" : say("no_one"));
        const input = make("input", {
            type: "radio", name: "way", checked: one.holder_type === values.holder_type, disabled: Boolean(why),
            onchange: () => {
                values.representative = one.people.length ? one.people[0].name : "";
                set("holder_type", one.holder_type, true);
                place.querySelector("input[name=way]:checked").focus();
            },
        });
        return make("label", { className: "tick" }, input, make("span", {}, one.label, why ? make("small", {}, why) : null));
    }

    function people() {
        const found = way() ? way().people : [];
        if (values.holder_type === "Self" || !found.length) return [];
        return [make("fieldset", {}, make("legend", {}, say("choose_person")), ...found.map((one) =>
            make("label", { className: "tick" },
                make("input", { type: "radio", name: "representative", checked: one.name === values.representative,
                    onchange: () => set("representative", one.name) }),
                make("span", {}, one.label, make("small", { id: `number-${one.name}` })))))];
    }

    function tick(label, checked, change, id) {
        return make("label", { className: "tick" },
            make("input", { type: "checkbox", id, checked, onchange: (event) => change(event.target.checked) }),
            make("span", {}, label));
    }

    function text(name, label, { tag = "input", ...more }) {
        return make("label", { className: "text" }, label,
            make(tag, { id: name, value: values[name], autocomplete: "off", oninput: (event) => set(name, event.target.value), ...more }));
    }

    // The whole number stands here only while the clerk compares it; it is never kept on the device.
    async function compare() {
        const asked = person;
        try {
            const found = await Counter.server.call("numbers", { account_request: asked.request });
            if (asked !== person || place.hidden) return;
            const shown = document.getElementById("number");
            if (shown && found.person) shown.textContent = say("check_numbers", found.person);
            person = { ...person, others: found.representatives };
            for (const [name, number] of Object.entries(found.representatives)) {
                const line = document.getElementById(`number-${name}`);
                if (line) line.textContent = number;
            }
        } catch (error) {
            // without a line the masked number has to do
        }
    }

    function missingPapers() {
        if (!way()) return [say("choose_way")];
        const open = unique(way().papers).filter((paper) => !values.papers.includes(paper.field));
        return [
            ...(open.length ? [say("papers_needed", open.map((paper) => paper.label).join(", "))] : []),
            ...(values.consent ? [] : [say("consent_needed")]),
        ];
    }

    function finish(step, open) {
        if (open.length) {
            problems.textContent = say("say_needed", open.join("; "));
            problems.hidden = false;
            problems.scrollIntoView({ block: "nearest" });
            return;
        }
        Counter.finished(person, step, { ...values });
        person = null;
    }

    return { open, submit: () => place.querySelector("#done")?.click() };
})();
