/* Calls to the server, and the outbox on its way: in order, one at a time, again until it is received. */
"use strict";

Counter.server = (() => {
    const PATIENCE = 30000;
    let token = document.body.dataset.csrf;

    class Refused extends Error {}
    class NoLine extends Error {}
    class SignedOut extends Error {}

    async function call(method, values, write = false) {
        const address = `/api/method/${Counter.calls}.${method}`;
        if (!write) return ask(`${address}?${new URLSearchParams(values)}`, {});
        const send = () =>
            ask(address, {
                method: "POST",
                body: JSON.stringify(values),
                headers: { "Content-Type": "application/json", "X-Frappe-CSRF-Token": token },
            });
        try {
            return await send();
        } catch (error) {
            if (!error.old) throw error;
            await renew();
            return send();
        }
    }

    async function ask(address, options) {
        const clock = new AbortController();
        const late = setTimeout(() => clock.abort(), PATIENCE);
        let answer, body;
        try {
            answer = await fetch(address, {
                ...options,
                headers: { Accept: "application/json", ...options.headers },
                signal: clock.signal,
                cache: "no-store",
            });
            body = await answer.json();
        } catch (error) {
            throw new NoLine();
        } finally {
            clearTimeout(late);
        }
        if (answer.ok) return body.message;
        if (answer.status === 400 && body.exc_type === "CSRFTokenError") throw Object.assign(new NoLine(), { old: true });
        if (body.session_expired || ([401, 403].includes(answer.status) && who() !== Counter.clerk)) throw new SignedOut();
        if (answer.status >= 500 || [409, 429].includes(answer.status)) throw new NoLine();
        throw new Refused(messages(body));
    }

    // A new session has a new token: the page itself says which.
    async function renew() {
        try {
            const page = await (await fetch(Counter.page, { cache: "no-store" })).text();
            const found = new DOMParser().parseFromString(page, "text/html").body.dataset;
            if (found.clerk && found.clerk !== Counter.clerk) throw new SignedOut();
            token = found.csrf || token;
        } catch (error) {
            throw error instanceof SignedOut ? error : new NoLine();
        }
    }

    function who() {
        const found = document.cookie.match(/(?:^|; )user_id=([^;]*)/);
        return found ? decodeURIComponent(found[1]) : "";
    }

    function messages(body) {
        try {
            return JSON.parse(body._server_messages)
                .map((text) => plain(JSON.parse(text).message))
                .join(" ");
        } catch (error) {
            return plain(body._error_message || body.exception || body.exc_type || "?");
        }
    }

    function plain(html) {
        return new DOMParser().parseFromString(String(html), "text/html").body.textContent;
    }

    return { call, who, Refused, NoLine, SignedOut };
})();

Counter.sender = (() => {
    const { call, who, Refused, SignedOut } = Counter.server;
    const WAITS = [3, 10, 30, 60]; // seconds
    let busy = false, timer = null, failures = 0;

    async function run() {
        if (busy) return;
        busy = true;
        clearTimeout(timer);
        try {
            if (navigator.locks) await navigator.locks.request(`${Counter.page.slice(1)}-outbox`, sendAll);
            else await sendAll();
        } finally {
            busy = false;
            Counter.show();
        }
        if (Counter.store.unsent().some((entry) => entry.state === "waiting")) {
            timer = setTimeout(run, WAITS[Math.min(failures, WAITS.length - 1)] * 1000);
        }
    }

    async function sendAll() {
        for (const { key } of Counter.store.unsent().filter((entry) => entry.state === "waiting")) {
            const entry = Counter.store.outbox().find((one) => one.key === key);
            if (!entry || entry.state !== "waiting") continue; // another window of this browser was quicker
            if (who() && who() !== "Guest" && who() !== Counter.clerk) {
                Counter.notice("another_user", "bad", Counter.clerk);
                return;
            }
            Counter.show();
            try {
                const answer = await call("take", entry.sending, true);
                failures = 0;
                Counter.reached(true);
                Counter.store.change(key, { state: "sent", sending: null, status: answer.status, label: answer.status_label });
                Counter.received(entry, answer);
            } catch (error) {
                if (error instanceof Refused) {
                    Counter.reached(true);
                    Counter.store.change(key, { state: "refused", reason: error.message });
                    continue;
                }
                failures += 1;
                if (error instanceof SignedOut) Counter.signedOut();
                else Counter.reached(false);
                return;
            }
        }
    }

    window.addEventListener("online", () => {
        failures = 0;
        run();
    });
    return { run, busy: () => busy };
})();

// What is sent and what is not: `hands` says what "try again" and "drop" do with an entry.
Counter.showOutbox = (hands) => {
    const { store, say, make } = Counter;
    const part = (id) => document.getElementById(id);
    const entries = [...store.outbox()].reverse();
    const waiting = store.unsent();
    const busy = Counter.sender.busy() ? ` · ${say("busy")}` : "";
    part("outbox").hidden = !entries.length;
    part("outbox-open").textContent = waiting.length ? `${say("unsent_count", waiting.length)}${busy}` : say("all_sent");
    part("outbox").classList.toggle("waits", waiting.length > 0);
    part("send-now").textContent = say("send_now");
    part("send-now").hidden = !waiting.some((entry) => entry.state === "waiting");
    part("outbox-list").replaceChildren(...entries.map(line));

    function line(entry) {
        const at = new Date(entry.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        const state = { sent: say("sent"), waiting: say("unsent") }[entry.state] || say("refused", entry.reason);
        const made = make("li", { className: entry.state }, make("span", {}, `${at} ${entry.name}`), make("span", { className: "state" }, state));
        if (entry.state === "refused") {
            made.append(
                make("button", { type: "button", className: "small", onclick: () => hands.again(entry) }, say("again")),
                make("button", { type: "button", className: "small", onclick: () => hands.drop(entry) }, say("drop")),
            );
        }
        return made;
    }
};
