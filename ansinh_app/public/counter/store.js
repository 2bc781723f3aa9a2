/* What the device keeps: a draft for each person, and an outbox of what was done and has not been received. */
"use strict";

window.Counter = { clerk: document.body.dataset.clerk, words: JSON.parse(document.getElementById("words").textContent) };
// Which page of the counter this is, and where it calls; each keeps a store of its own.
Counter.page = document.body.dataset.page || "/counter";
Counter.calls = document.body.dataset.calls || "ansinh_app.payee_accounts.counter";

Counter.say = (word, ...values) =>
    values.reduce((text, value, index) => text.replace(`{${index}}`, value), Counter.words[word]);

Counter.make = (tag, values = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(values)) {
        if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
        else if (name in made && name !== "list") made[name] = value;
        else made.setAttribute(name, value);
    }
    made.append(...inside.filter((part) => part !== null && part !== undefined));
    return made;
};

Counter.newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

Counter.localTime = (at) => {
    const two = (number) => String(number).padStart(2, "0");
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

Counter.store = (() => {
    const own = (name) => `${Counter.page.slice(1)}:${Counter.clerk}:${name}`;
    const SHOWN_SENT = 30;
    const memory = new Map(); // what a browser that keeps nothing has until the page is closed
    let keeps = true;

    function read(name, otherwise, place = localStorage) {
        try {
            return JSON.parse(place.getItem(own(name))) || memory.get(name) || otherwise;
        } catch (error) {
            return memory.get(name) || otherwise;
        }
    }

    function write(name, value, place = localStorage) {
        memory.set(name, value);
        try {
            place.setItem(own(name), JSON.stringify(value));
            if (place === localStorage) memory.delete(name);
        } catch (error) {
            if (place === localStorage) keeps = false;
        }
    }

    const drafts = () => read("drafts", {});
    const outbox = () => read("outbox", []);

    return {
        keeps: () => keeps,
        draft: (request) => drafts()[request],
        has: (request) => request in drafts(),
        keep(request, values) {
            write("drafts", { ...drafts(), [request]: values });
        },
        forget(request) {
            const { [request]: gone, ...others } = drafts();
            write("drafts", others);
        },
        outbox,
        // Into the outbox first, then out of the drafts: whatever happens between, nothing is lost.
        post(entry) {
            const sent = outbox().filter((one) => one.state === "sent").slice(-SHOWN_SENT);
            write("outbox", [...sent, ...this.unsent(), entry]);
            this.forget(entry.request);
        },
        change(key, values) {
            write("outbox", outbox().map((entry) => (entry.key === key ? { ...entry, ...values } : entry)));
        },
        drop(key) {
            write("outbox", outbox().filter((entry) => entry.key !== key));
        },
        unsent: () => outbox().filter((entry) => entry.state !== "sent"),
        list: (session, value) =>
            value === undefined ? read(`list:${session}`, null, sessionStorage) : write(`list:${session}`, value, sessionStorage),
        last: (value) => (value === undefined ? read("last", {}) : write("last", value)),
        campaigns: (value) =>
            value === undefined ? read("campaigns", null, sessionStorage) : write("campaigns", value, sessionStorage),
    };
})();
