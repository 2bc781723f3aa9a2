/* What the device keeps: a draft for each person, and an outbox of what was done and has not been received. */
"use strict";

window.Counter = { clerk: document.body.dataset.clerk, words: JSON.parse(document.getElementById("words").textContent) };

Counter.say = (word, ...values) =>
    values.reduce((text, value, index) => text.replace(`{${index}}`, value), Counter.words[word]);

Counter.store = (() => {
    const own = (name) => `counter:${Counter.clerk}:${name}`;
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
