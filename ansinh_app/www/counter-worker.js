/* Keeps the empty pages of the counter and their files on the device, so that it opens again without a line.
   No person is in them: the list and the drafts are kept by the page itself. */
"use strict";

const KEPT = "counter";
const PAGES = ["/counter", "/cash-list"];

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
    const address = new URL(event.request.url);
    if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
    if (PAGES.includes(address.pathname)) {
        event.respondWith(fromLineFirst(event.request, address.pathname));
    } else if (address.pathname.startsWith("/assets/ansinh_app/counter/")) {
        event.respondWith(fromDeviceFirst(event.request));
    }
});

async function fromLineFirst(request, page) {
    const kept = await caches.open(KEPT);
    try {
        const answer = await fetch(request);
        if (answer.ok && !answer.redirected) await kept.put(page, answer.clone());
        return answer;
    } catch (error) {
        return (await kept.match(page)) || Response.error();
    }
}

async function fromDeviceFirst(request) {
    const kept = await caches.open(KEPT);
    const found = await kept.match(request);
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok) {
        const name = new URL(request.url).pathname;
        for (const old of await kept.keys()) if (new URL(old.url).pathname === name) await kept.delete(old);
        await kept.put(request, answer.clone());
    }
    return answer;
}
