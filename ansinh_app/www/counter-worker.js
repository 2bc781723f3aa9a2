/* Keeps the empty page of the counter and its files on the device, so that it opens again without a line.
   No person is in them: the list and the drafts are kept by the page itself. */
"use strict";

const KEPT = "counter";

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
    const address = new URL(event.request.url);
    if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
    if (address.pathname === "/counter") {
        event.respondWith(fromLineFirst(event.request));
    } else if (address.pathname.startsWith("/assets/ansinh_app/counter/")) {
        event.respondWith(fromDeviceFirst(event.request));
    }
});

async function fromLineFirst(request) {
    const kept = await caches.open(KEPT);
    try {
        const answer = await fetch(request);
        if (answer.ok && !answer.redirected) await kept.put("/counter", answer.clone());
        return answer;
    } catch (error) {
        return (await kept.match("/counter")) || Response.error();
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
