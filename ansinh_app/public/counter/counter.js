/* The screen: campaign and day, the list with its search, one family after the other, what is sent and what is not. */
"use strict";

(() => {
    const { make, say, store, server } = Counter;
    const part = (id) => document.getElementById(id);
    const STEP_SERVES = ["papers", "opened", "handed"];
    let people = [], found = null, served = 0, expected = 0, campaign = "", session = "", asked = 0;
    let doneHere = new Set();

    const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
    Counter.capitals = (text) => plain(text || "").toUpperCase();

    // notices and the line

    Counter.notice = (word, kind = "", ...values) => {
        const id = `notice-${word}`;
        part(id)?.remove();
        part("notices").append(make("p", { id, className: `notice ${kind}` }, say(word, ...values)));
    };
    Counter.signedOut = () => {
        Counter.notice("signed_out", "bad");
        part("notice-signed_out").append(" ", make("a", { href: "/login?redirect-to=/counter" }, say("sign_in")));
    };
    Counter.reached = (there) => {
        part("line").textContent = there ? say("online") : say("offline");
        document.body.classList.toggle("offline", !there);
        if (there) ["signed_out", "another_user"].forEach((word) => part(`notice-${word}`)?.remove());
    };

    // campaign and day

    async function start() {
        if ("serviceWorker" in navigator) navigator.serviceWorker.register("/counter-worker.js", { scope: "/counter" }).catch(() => {});
        Counter.reached(navigator.onLine);
        Counter.show();
        let list = store.campaigns();
        try {
            list = await server.call("campaigns", {});
            store.campaigns(list);
        } catch (error) {
            failed(error);
        }
        if (!list || !list.length) {
            if (list) Counter.notice("no_campaign");
            return;
        }
        const wanted = new URLSearchParams(location.search).get("campaign") || store.last().campaign;
        const chosen = list.find((one) => one.name === wanted) || list[0];
        part("campaign").replaceChildren(...list.map((one) => new Option(one.title, one.name, false, one === chosen)));
        part("campaign").onchange = () => chooseCampaign(list.find((one) => one.name === part("campaign").value));
        chooseCampaign(chosen);
    }

    function chooseCampaign(one) {
        campaign = one.name;
        const last = store.last().session;
        const chosen = one.sessions[0].distance[0] !== 0 && one.sessions.find((day) => day.name === last) || one.sessions[0];
        part("session").replaceChildren(...one.sessions.map((day) => new Option(day.label, day.name, false, day === chosen)));
        part("session").onchange = () => chooseSession(part("session").value);
        chooseSession(chosen.name);
    }

    async function chooseSession(name) {
        session = name;
        store.last({ campaign, session });
        take(store.list(session));
        await load();
    }

    async function load() {
        const wanted = session;
        part("reload").disabled = true;
        try {
            const answer = await server.call("people", { campaign, session });
            if (wanted !== session) return;
            store.list(session, { ...answer, at: new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) });
            take(store.list(session));
            Counter.reached(true);
        } catch (error) {
            failed(error);
            const kept = store.list(session);
            part("hint").textContent = kept && error instanceof server.NoLine ? say("old_list", kept.at) : part("hint").textContent;
        } finally {
            part("reload").disabled = false;
        }
    }

    // What the server sends small, as the form and the list use it.
    const whole = (answer) => answer.people.map((one) => ({
        ...one,
        key: plain(`${one.name} ${one.village} ${one.holder}`).replace(/[^a-z0-9]+/g, " "),
        holder_name: one.holder || one.name,
        consent: Boolean(one.consent),
        ways: one.ways.map(([holder, reason, papers = [], who = []]) => ({
            holder_type: holder,
            label: say(`holder_${holder}`),
            refused: reason < 0 ? "" : answer.reasons[reason],
            papers: papers.map((paper) => ({ field: Counter.words[`field_${paper}`], label: say(`paper_${paper}`) })),
            people: who.map(([name, label]) => ({ name, label })),
        })),
    }));

    function take(answer) {
        people = answer ? whole(answer) : [];
        served = answer ? answer.served : 0;
        expected = answer ? answer.expected : 0;
        doneHere = new Set(answer && answer.done);
        found = null;
        part("hint").textContent = answer && !people.length ? say("empty") : "";
        Counter.show();
    }

    function failed(error) {
        if (error instanceof server.SignedOut) Counter.signedOut();
        else if (error instanceof server.Refused) part("notices").replaceChildren(make("p", { className: "notice bad" }, error.message));
        else Counter.reached(false);
    }

    // the list

    Counter.show = () => {
        const waiting = store.unsent();
        const here = new Set(doneHere);
        waiting.forEach((entry) => entry.sending.session === session && STEP_SERVES.includes(entry.sending.step) && here.add(entry.request));
        part("count").textContent = say("served", served + here.size, expected);
        part("progress").max = expected || 1;
        part("progress").value = Math.min(served + here.size, expected);
        showPeople(waiting);
        Counter.showOutbox({ again, drop });
        if (!store.keeps()) Counter.notice("not_kept", "bad");
    };

    function showPeople(waiting) {
        const text = plain(part("search").value.trim());
        const words = text.split(/\s+/).filter(Boolean);
        const digits = text.replace(/[\s.]/g, "");
        const fits = (one) =>
            /^\d{9}(\d{3})?$/.test(digits)
                ? one.id.endsWith(digits.slice(-4))
                : words.every((word) => one.key.split(" ").some((part) => part.startsWith(word)));
        const shown = words.length ? merged(people.filter(fits)) : people;
        const unsent = new Map(waiting.map((entry) => [entry.request, entry]));
        let village = null;
        const rows = [];
        for (const one of shown) {
            if (one.village !== village && one.village) rows.push(make("li", { className: "village" }, one.village));
            village = one.village;
            rows.push(row(one, unsent.get(one.request)));
        }
        part("people").replaceChildren(...rows);
    }

    const merged = (here) => (found ? [...here, ...found.filter((one) => !here.some((other) => other.request === one.request))] : here);

    function row(one, entry) {
        const [kind, label] = entry
            ? [entry.state === "refused" ? "bad" : "waits", say(entry.state === "refused" ? "again" : "unsent")]
            : store.has(one.request) ? ["draft", say("draft")] : one.status === "Draft" ? ["", ""] : ["good", say(`status_${one.status}`)];
        return make("li", {}, make("button", { type: "button", className: "person", onclick: () => open(one) },
            make("span", { className: "slot" }, one.slot),
            make("span", { className: "name" }, one.name, make("small", {}, [one.born, one.id].filter(Boolean).join(" · "))),
            make("span", { className: `state ${kind}` }, label)));
    }

    function open(one) {
        const entry = store.unsent().find((waiting) => waiting.request === one.request);
        if (entry && entry.state === "waiting") return;
        if (entry) reopen(entry);
        part("list").hidden = true;
        part("person").hidden = false;
        scrollTo(0, 0);
        Counter.form.open(one);
    }

    Counter.leave = () => {
        part("person").hidden = true;
        part("person").replaceChildren();
        part("list").hidden = false;
        part("search").value = "";
        found = null;
        Counter.show();
        part("search").focus();
    };

    async function search() {
        found = null;
        Counter.show();
        const text = part("search").value.trim();
        part("hint").textContent = "";
        if (text.length < 2) return;
        const mine = ++asked;
        await new Promise((resolve) => setTimeout(resolve, 350));
        if (mine !== asked) return;
        try {
            const answer = await server.call("find", { campaign, text });
            if (mine !== asked) return;
            found = whole(answer);
            Counter.reached(true);
            Counter.show();
            if (!part("people").querySelector(".person")) part("hint").textContent = say("find_none");
        } catch (error) {
            failed(error);
            part("hint").textContent = error instanceof server.NoLine ? say("find_offline") : "";
        }
    }

    // done, and on its way

    Counter.finished = (person, step, values) => {
        const key = Counter.newKey();
        const sending = {
            account_request: person.request, visit_key: key, step, values, session, taken_at: Counter.localTime(new Date()),
        };
        store.post({ key, request: person.request, name: person.name, state: "waiting", at: new Date().toISOString(), sending, person });
        Counter.leave();
        Counter.sender.run();
    };

    Counter.received = (entry, answer) => {
        const { session: where, step, values } = entry.sending;
        if (where === session && STEP_SERVES.includes(step)) doneHere.add(entry.request);
        const now = { status: answer.status, seen: values.papers, consent: values.consent };
        const mark = (one) => (one.request === entry.request ? { ...one, ...now } : one);
        people = people.map(mark);
        const kept = store.list(session);
        if (kept) store.list(session, { ...kept, people: kept.people.map(mark), done: [...doneHere] });
    };

    function reopen(entry) {
        store.keep(entry.request, entry.sending.values);
        store.drop(entry.key);
    }

    function again(entry) {
        open(people.find((one) => one.request === entry.request) || entry.person);
    }

    function drop(entry) {
        if (!confirm(say("drop_sure", entry.name))) return;
        store.drop(entry.key);
        Counter.show();
    }

    // hands

    part("search").addEventListener("input", search);
    part("reload").addEventListener("click", load);
    part("send-now").addEventListener("click", () => Counter.sender.run());
    part("outbox-open").addEventListener("click", () => {
        const list = part("outbox-list");
        list.hidden = !list.hidden;
        part("outbox-open").setAttribute("aria-expanded", String(!list.hidden));
    });
    window.addEventListener("offline", () => Counter.reached(false));
    window.addEventListener("online", () => Counter.reached(true));
    document.addEventListener("keydown", (event) => {
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
        const inList = !part("list").hidden;
        const buttons = [...document.querySelectorAll("#people .person")];
        const at = buttons.indexOf(document.activeElement);
        if (event.key === "Escape" && !inList) Counter.leave();
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !inList) Counter.form.submit();
        else if (event.key === "Enter" && document.activeElement === part("search") && buttons.length) buttons[0].click();
        else if (event.key === "/" && !typing && inList) part("search").focus();
        else if (event.key === "ArrowDown" && inList && (at >= 0 || document.activeElement === part("search"))) buttons[at + 1]?.focus();
        else if (event.key === "ArrowUp" && inList && at >= 0) (buttons[at - 1] || part("search")).focus();
        else return;
        event.preventDefault();
    });

    start().then(() => Counter.sender.run());
})();
