/* A signed sheet of a cash list: tick all, untick who was absent, say why, add up the paper, send. */
"use strict";

(() => {
    const { make, say, store, server } = Counter;
    const part = (id) => document.getElementById(id);
    const number = new Intl.NumberFormat("vi-VN");
    const PHOTO_SIDE = 1400;
    let loaded = null, values = null, key = "";

    // notices and the line

    Counter.notice = (word, kind = "", ...texts) => {
        const id = `notice-${word}`;
        part(id)?.remove();
        part("notices").append(make("p", { id, className: `notice ${kind}` }, say(word, ...texts)));
    };
    Counter.signedOut = () => {
        Counter.notice("signed_out", "bad");
        const back = encodeURIComponent(location.pathname + location.search);
        part("notice-signed_out").append(" ", make("a", { href: `/login?redirect-to=${back}` }, say("sign_in")));
    };
    Counter.reached = (there) => {
        part("line").textContent = there ? say("online") : say("offline");
        document.body.classList.toggle("offline", !there);
        if (there) ["signed_out", "another_user", "not_loaded"].forEach((word) => part(`notice-${word}`)?.remove());
    };

    function failed(error) {
        if (error instanceof server.SignedOut) Counter.signedOut();
        else if (error instanceof server.Refused) part("notices").replaceChildren(make("p", { className: "notice bad" }, error.message));
        else Counter.reached(false);
    }

    async function ask(method, asked, kept) {
        try {
            const answer = await server.call(method, asked);
            Counter.reached(true);
            const at = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
            store.list(kept, { ...answer, at });
            return answer;
        } catch (error) {
            failed(error);
            const old = error instanceof server.NoLine ? store.list(kept) : null;
            if (old) Counter.notice("old_sheet", "", old.at);
            else if (error instanceof server.NoLine) Counter.notice("not_loaded", "bad");
            return old;
        }
    }

    // which sheet

    async function start() {
        if ("serviceWorker" in navigator) navigator.serviceWorker.register("/counter-worker.js", { scope: "/cash-list" }).catch(() => {});
        Counter.reached(navigator.onLine);
        Counter.show();
        await go();
    }

    async function go() {
        const asked = new URLSearchParams(location.search);
        part("notices").replaceChildren();
        const batch = asked.get("b"), numbers = asked.get("n");
        part("sheet").hidden = !(batch && numbers);
        part("choose").hidden = Boolean(batch && numbers);
        if (batch && numbers) await openSheet(batch, numbers);
        else if (batch) await showPlaces(batch);
        else await showLists();
    }

    function move(values) {
        history.pushState(null, "", `/cash-list${values ? `?${new URLSearchParams(values)}` : ""}`);
        scrollTo(0, 0);
        return go();
    }

    const choice = (title, about, state, onclick) =>
        make("li", {}, make("button", { type: "button", className: "person", onclick },
            make("span", { className: "name" }, title, make("small", {}, about)),
            make("span", { className: `state ${state === say("done") ? "good" : "waits"}` }, state)));

    const left = (one, of) => (one > 0 ? say("left", number.format(one), number.format(of)) : say("done"));

    async function showLists() {
        const found = await ask("batches", {}, "lists");
        const rows = found ? Object.values(found).filter((one) => one && one.name) : [];
        part("choose").replaceChildren(
            make("p", { className: "hint" }, say("scan")),
            make("h2", {}, say("lists")),
            make("ul", { id: "people" }, ...rows.map((one) => choice(one.title, one.name, left(one.left, one.line_count), () => move({ b: one.name })))),
            ...(found && !rows.length ? [make("p", {}, say("no_lists"))] : []),
        );
    }

    async function showPlaces(batch) {
        const found = await ask("places", { batch }, `places:${batch}`);
        const count = (text) => text.split(".").reduce((sum, run) => {
            const [first, last] = run.split("-");
            return sum + Number(last || first) - Number(first) + 1;
        }, 0);
        part("choose").replaceChildren(
            make("button", { type: "button", className: "small back", onclick: () => move() }, `‹ ${say("lists")}`),
            make("h2", {}, found ? found.batch.title : batch),
            make("p", { className: "hint" }, batch, " · ", say("scan")),
            make("ul", { id: "people" }, ...(found ? found.places : []).map((one) =>
                choice(one.title, say("sheet", one.numbers), left(one.left, count(one.numbers)), () => move({ b: batch, n: one.numbers })))),
        );
    }

    // the sheet

    async function openSheet(batch, numbers) {
        loaded = null;
        part("sheet").replaceChildren(make("button", { type: "button", className: "small back", onclick: () => move() }, `‹ ${say("lists")}`));
        const found = await ask("sheet", { batch, numbers }, `sheet:${batch}:${numbers}`);
        if (!found) return;
        loaded = found;
        key = `${batch}:${numbers}`;
        values = store.draft(key) || { ticks: {}, why: {}, stated: "", note: "", photo: "" };
        draw();
    }

    const open = () => loaded.lines.filter((line) => !line.status);
    const ticked = () => open().filter((line) => values.ticks[line.line]);
    const sum = (lines) => lines.reduce((total, line) => total + line.total, 0);
    const stated = () => Number(values.stated.replace(/\D/g, "") || 0);
    const keep = () => store.keep(key, values);

    function draw() {
        const rows = [];
        let place = null;
        for (const line of loaded.lines) {
            if (line.place !== place) rows.push(make("li", { className: "place" }, line.place));
            place = line.place;
            rows.push(row(line));
        }
        const waits = open().length > 0 && !store.unsent().some((entry) => entry.request === key && entry.state === "waiting");
        part("sheet").replaceChildren(...[
            make("button", { type: "button", className: "small back", onclick: () => move({ b: loaded.batch.name }) }, `‹ ${say("back")}`),
            make("h2", { tabIndex: -1 }, loaded.batch.title),
            make("p", { className: "about" }, `${loaded.batch.name} · ${say("sheet", loaded.numbers)}`, make("small", {}, loaded.batch.office)),
            loaded.seen ? make("p", { className: "notice" }, loaded.seen) : null,
            waits ? make("div", { className: "pair" },
                make("button", { type: "button", id: "all", onclick: () => tickAll(true) }, say("all_paid")),
                make("button", { type: "button", id: "none", className: "small", onclick: () => tickAll(false) }, say("none_paid"))) : null,
            make("div", { className: "sums", role: "status" }, make("strong", { id: "ticked" }), make("span", {}, say("sum", number.format(loaded.lines.length), number.format(loaded.total)))),
            make("ul", { className: "lines" }, ...rows),
            ...(waits ? foot() : []),
        ].filter(Boolean));
        count();
    }

    function row(line) {
        const id = `tick-${line.no}`;
        const about = [line.payee, line.born, line.id].filter(Boolean).join(" · ");
        const tick = make("input", { type: "checkbox", id, checked: line.status ? line.status === "Paid" : Boolean(values.ticks[line.line]), disabled: Boolean(line.status) });
        const made = make("li", { className: line.status ? "known" : "" },
            make("label", { className: "row", htmlFor: id }, tick,
                make("span", { className: "no" }, String(line.no)),
                make("span", { className: "name" }, line.name, make("small", {}, about)),
                make("span", { className: "sum" }, number.format(line.total))),
            line.status ? make("span", { className: `state ${line.status === "Paid" ? "good" : "bad"}` }, say("known", [say(`status_${line.status}`), line.reason].filter(Boolean).join(": "))) : null);
        tick.addEventListener("change", () => {
            values.ticks[line.line] = tick.checked;
            if (tick.checked) delete values.why[line.line];
            keep();
            absent(made, line);
            count();
        });
        if (!line.status) absent(made, line);
        return made;
    }

    // Who is not ticked after a beginning was made was absent: why is asked at once.
    function absent(made, line) {
        made.querySelector(".why")?.remove();
        const begun = line.line in values.ticks;
        made.classList.toggle("absent", begun && !values.ticks[line.line]);
        if (!begun || values.ticks[line.line]) return;
        const said = values.why[line.line] || ["", ""];
        const known = Object.entries(loaded.reasons).flatMap(([status, texts]) => texts.map((text) => [status, text]));
        const at = known.findIndex(([status, text]) => status === said[0] && text === said[1]);
        const own = said[0] && at < 0;
        const choose = make("select", { ariaLabel: say("why") },
            new Option(say("why"), ""), ...known.map(([status, text], index) => new Option(`${say(`status_${status}`)}: ${text}`, String(index), false, index === at)),
            new Option(say("other_reason"), "other", false, own));
        const text = make("input", { type: "text", ariaLabel: say("other_reason"), value: own ? said[1] : "", hidden: !own, maxLength: 140 });
        const note = () => {
            text.hidden = choose.value !== "other";
            values.why[line.line] = choose.value === "other" ? ["Uncollected", text.value.trim()] : known[Number(choose.value)] || ["", ""];
            if (choose.value === "") delete values.why[line.line];
            keep();
        };
        choose.addEventListener("change", note);
        text.addEventListener("input", note);
        made.append(make("div", { className: "why" }, choose, text));
    }

    function tickAll(yes) {
        for (const line of open()) {
            if (yes) values.ticks[line.line] = true;
            else delete values.ticks[line.line];
            delete values.why[line.line];
        }
        keep();
        draw();
        part(yes ? "all" : "none").focus();
    }

    function count() {
        const paid = open().length ? ticked() : loaded.lines.filter((line) => line.status === "Paid");
        part("ticked").textContent = say("ticked", number.format(paid.length), number.format(sum(paid)));
    }

    function foot() {
        const given = make("input", { id: "stated", type: "text", inputMode: "numeric", autocomplete: "off", value: values.stated });
        given.addEventListener("input", () => {
            const digits = given.value.replace(/\D/g, "");
            given.value = values.stated = digits ? number.format(Number(digits)) : "";
            keep();
            compare();
        });
        const note = make("input", { id: "note", type: "text", value: values.note, maxLength: 500 });
        note.addEventListener("input", () => {
            values.note = note.value;
            keep();
        });
        const file = make("input", { id: "photo", type: "file", accept: "image/*" });
        file.setAttribute("capture", "environment");
        file.addEventListener("change", () => file.files[0] && take(file.files[0]));
        return [
            make("label", { htmlFor: "stated" }, say("stated")),
            given,
            make("p", { className: "hint" }, say("stated_hint")),
            make("p", { id: "differ", className: "notice bad", hidden: true, role: "alert" }),
            make("div", { id: "why-differ", hidden: !values.note }, make("label", { htmlFor: "note" }, say("note")), note),
            make("label", { className: "photo", htmlFor: "photo" }, make("span", { id: "photo-text" }, photoText()), values.photo ? make("img", { src: values.photo, alt: "" }) : null),
            file,
            make("p", { id: "problem", className: "notice bad", hidden: true, role: "alert" }),
            make("button", { type: "button", id: "send", className: "main", onclick: send }, say("send")),
        ];
    }

    const photoText = () => (values.photo ? say("photo_taken", Math.round((values.photo.length * 0.75) / 1024)) : say("photo"));

    // Small enough to wait on the device and for a weak line, large enough to read a signature.
    async function take(file) {
        const picture = await createImageBitmap(file);
        const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
        const sheet = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
        sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
        values.photo = sheet.toDataURL("image/jpeg", 0.6);
        keep();
        draw();
    }

    function compare() {
        const paid = sum(ticked());
        const differs = values.stated !== "" && stated() !== paid;
        part("differ").hidden = !differs;
        part("differ").textContent = differs ? say("differ", number.format(stated()), number.format(paid)) : "";
        part("why-differ").hidden = !differs;
        return differs;
    }

    function send() {
        const paid = ticked();
        const absentees = open().filter((line) => !values.ticks[line.line]);
        const unsaid = absentees.filter((line) => line.line in values.ticks && !(values.why[line.line] && values.why[line.line][1]));
        const problems = [];
        if (unsaid.length) problems.push(say("reason_needed", unsaid.map((line) => `${line.no} ${line.name}`).join(", ")));
        if (values.stated === "") problems.push(say("stated_needed"));
        if (compare() && !values.note.trim()) problems.push(say("note"));
        const answers = Object.fromEntries([
            ...paid.map((line) => [line.line, ["Paid", ""]]),
            ...absentees.filter((line) => values.why[line.line]).map((line) => [line.line, values.why[line.line]]),
        ]);
        if (!Object.keys(answers).length) problems.push(say("nothing"));
        part("problem").hidden = !problems.length;
        part("problem").textContent = problems.length ? say("still", problems.join("; ")) : "";
        if (problems.length) return part("problem").scrollIntoView({ block: "center" });
        const undecided = absentees.filter((line) => !values.why[line.line]).length;
        if (undecided && !confirm(say("undecided", undecided))) return;
        const mine = Counter.newKey();
        const sending = {
            batch: loaded.batch.name, numbers: loaded.numbers, list_key: mine, values: answers, stated_total: stated(),
            note: part("differ").hidden ? "" : values.note, photo: values.photo, taken_at: Counter.localTime(new Date()),
        };
        store.post({ key: mine, request: key, name: say("sheet", loaded.numbers), state: "waiting", at: new Date().toISOString(), sending, kept: values });
        const batch = loaded.batch.name;
        loaded = null;
        Counter.sender.run();
        move({ b: batch });
    }

    function tell(answer) {
        Counter.notice("received", "", answer.paid, answer.unpaid);
        if (answer.differing) Counter.notice("differing", "bad", answer.differing);
    }

    Counter.received = (entry, answer) => {
        tell(answer);
        store.change(entry.key, { kept: null });
        const shown = !part("choose").hidden || (loaded && key === entry.request);
        if (shown) go().then(() => tell(answer));
    };

    // what is sent and what is not

    Counter.show = () => {
        Counter.showOutbox({ again, drop });
        if (!store.keeps()) Counter.notice("not_kept", "bad");
    };

    function again(entry) {
        store.keep(entry.request, entry.kept);
        store.drop(entry.key);
        const { batch, numbers } = entry.sending;
        Counter.show();
        move({ b: batch, n: numbers });
    }

    function drop(entry) {
        if (!confirm(say("drop_sure", entry.name))) return;
        store.drop(entry.key);
        Counter.show();
    }

    part("send-now").addEventListener("click", () => Counter.sender.run());
    part("outbox-open").addEventListener("click", () => {
        const list = part("outbox-list");
        list.hidden = !list.hidden;
        part("outbox-open").setAttribute("aria-expanded", String(!list.hidden));
    });
    window.addEventListener("popstate", go);
    window.addEventListener("offline", () => Counter.reached(false));
    window.addEventListener("online", () => {
        Counter.reached(true);
        if (!loaded && part("choose").hidden) go();
    });

    start().then(() => Counter.sender.run());
})();
