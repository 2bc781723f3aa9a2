/* The desk's behaviour: link choices, grids, conditional fields, server actions with progress, charts. */
(function () {
    "use strict";

    const $ = (selector, root) => (root || document).querySelector(selector);
    const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
    const vietnamese = document.documentElement.lang.startsWith("vi");
    const words = vietnamese
        ? { none: "Không tìm thấy", failed: "Không kết nối được máy chủ. Hãy thử lại.", done: "Đã thực hiện xong.", dirty: "Hãy lưu thay đổi trước.", working: "Đang xử lý…", nofile: "Chưa chọn tệp" }
        : { none: "Nothing found", failed: "The server could not be reached. Please try again.", done: "Done.", dirty: "Save your changes first.", working: "Working…", nofile: "No file chosen" };

    function token() {
        const meta = $("meta[name=csrf-token]");
        return meta ? meta.content : "";
    }

    async function call(method, args) {
        const response = await fetch("/api/method/" + method, {
            method: "POST",
            headers: { "Content-Type": "application/json", Accept: "application/json", "X-Frappe-CSRF-Token": token() },
            body: JSON.stringify(args || {}),
        });
        const body = await response.json().catch(() => ({}));
        return { ok: response.ok, status: response.status, body };
    }

    function plain(html) {
        return new DOMParser().parseFromString(String(html), "text/html").body.textContent || "";
    }

    /* A message's own markup, of harmless elements only: text, lists, tables, links within the site, inline pictures */
    const KEPT = new Set("P BR B STRONG I EM UL OL LI H4 H5 TABLE THEAD TBODY TR TH TD A IMG".split(" "));
    function rich(html) {
        function copy(node) {
            if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
            if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|TEMPLATE)$/.test(node.tagName)) return document.createTextNode("");
            const item = KEPT.has(node.tagName) ? document.createElement(node.tagName) : document.createDocumentFragment();
            const href = node.getAttribute("href") || "", src = node.getAttribute("src") || "";
            if (node.tagName === "A" && /^\/(?![\/\\])/.test(href)) { item.href = href; item.target = "_blank"; item.rel = "noopener"; }
            if (node.tagName === "IMG" && src.startsWith("data:image/png;base64,")) { item.src = src; item.alt = node.getAttribute("alt") || ""; }
            if (/^(TD|TH)$/.test(node.tagName) && node.colSpan > 1) item.colSpan = node.colSpan;
            node.childNodes.forEach((child) => item.append(copy(child)));
            return item;
        }
        const whole = document.createDocumentFragment();
        new DOMParser().parseFromString(String(html), "text/html").body.childNodes.forEach((node) => whole.append(copy(node)));
        return whole;
    }
    function note(text, kind, html) {
        const box = $("#d-messages");
        if (!box) return;
        const item = document.createElement("div");
        item.className = "d-note " + (kind || "blue");
        if (kind === "red") item.setAttribute("role", "alert");
        if (html && /<(table|img|a)\b/i.test(html)) {
            item.classList.add("d-rich");
            item.append(rich(html));
        } else {
            item.style.whiteSpace = "pre-line";
            item.textContent = text;
        }
        box.append(item);
        box.scrollIntoView({ block: "center", behavior: "smooth" });
    }

    function serverMessages(body) {
        try {
            return JSON.parse(body._server_messages || "[]").map((text) => JSON.parse(text));
        } catch (error) {
            return [];
        }
    }

    /* Link fields: a combobox over the server's permitted choices */
    function setUpLink(link) {
        const input = $("input[type=text]", link);
        const hidden = $("input[type=hidden]", link);
        let list = null, listedFor = "", timer = null, chosen = -1, shown = input.value, results = [], asked = 0;

        function doctype() {
            if (!link.dataset.doctypeField) return link.dataset.doctype;
            const source = $(`[data-field="${link.dataset.doctypeField}"]`, link.closest("tr, form"));
            return source ? source.value : link.dataset.doctype;
        }
        function close() {
            if (list) list.remove();
            list = null;
            chosen = -1;
            input.setAttribute("aria-expanded", "false");
            input.removeAttribute("aria-activedescendant");
            input.removeAttribute("aria-controls");
        }
        function pick(result) {
            clearTimeout(timer);
            asked += 1;
            input.value = shown = result ? result.label || result.value : "";
            hidden.value = result ? result.value : "";
            close();
            hidden.dispatchEvent(new Event("change", { bubbles: true }));
            if (link.hasAttribute("data-submit")) input.form.requestSubmit();
        }
        function mark(index) {
            chosen = index;
            $$("li", list).forEach((item, at) => item.setAttribute("aria-selected", at === index ? "true" : "false"));
            const item = list && list.children[index];
            if (item) {
                item.scrollIntoView({ block: "nearest" });
                input.setAttribute("aria-activedescendant", item.id);
            }
        }
        async function load() {
            const target = doctype(), number = (asked += 1), text = input.value;
            if (!target) return;
            const query = new URLSearchParams({ txt: input.value === shown ? "" : input.value, parent: link.dataset.parent || "", field: link.dataset.fieldname || "" });
            let answer;
            try {
                const response = await fetch(`/desk/link/${encodeURIComponent(target)}?${query}`, { headers: { Accept: "application/json" } });
                answer = await response.json();
            } catch (error) {
                return;
            }
            if (document.activeElement !== input || number !== asked) return; /* an older answer that came late */
            results = answer.results || [];
            close();
            listedFor = text;
            list = document.createElement("ul");
            list.className = "d-options";
            list.setAttribute("role", "listbox");
            list.id = "d-options";
            input.setAttribute("aria-controls", list.id);
            if (link.closest(".d-scroll, dialog, .d-panel")) {
                const place = input.getBoundingClientRect();
                list.classList.add("fixed");
                list.style.top = place.bottom + "px";
                list.style.left = place.left + "px";
                list.style.width = Math.max(240, place.width) + "px";
            }
            if (!results.length) {
                const item = document.createElement("li");
                item.setAttribute("role", "option");
                item.setAttribute("aria-disabled", "true");
                item.textContent = words.none;
                list.append(item);
            }
            results.forEach((result, at) => {
                const item = document.createElement("li");
                item.id = "d-option-" + at;
                item.setAttribute("role", "option");
                const title = document.createElement("b");
                title.textContent = result.label || result.value;
                item.append(title);
                const description = plain(result.description || "");
                if (description && description !== title.textContent) {
                    const small = document.createElement("small");
                    small.textContent = description;
                    item.append(small);
                }
                item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(result); });
                list.append(item);
            });
            link.append(list);
            input.setAttribute("aria-expanded", "true");
            if (results.length && input.value !== shown) mark(0);
        }
        input.addEventListener("focus", () => { input.select(); load(); });
        input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 180); });
        input.addEventListener("keydown", (event) => {
            if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                event.preventDefault();
                if (!list) return load();
                if (results.length) mark((chosen + (event.key === "ArrowDown" ? 1 : results.length - 1) + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % results.length);
            } else if (event.key === "Enter" && list && listedFor !== input.value) { /* typed faster than answered */
                event.preventDefault();
                clearTimeout(timer);
                load().then(() => { if (list && results.length) pick(results[Math.max(chosen, 0)]); });
            } else if (event.key === "Enter" && list && chosen >= 0) {
                event.preventDefault();
                pick(results[chosen]);
            } else if (event.key === "Escape") {
                if (list) event.preventDefault(); /* it closes the choices, not the dialog around them */
                close();
            } else if (event.key === "Tab" && list && chosen >= 0 && input.value !== shown && listedFor === input.value) {
                pick(results[chosen]);
            }
        });
        input.addEventListener("blur", () => {
            close();
            if (input.value === shown) return;
            const text = input.value.trim();
            const match = results.find((result) => [result.value, result.label].some((own) => own && own.toLowerCase() === text.toLowerCase()));
            if (match || !text) return pick(match || null);
            hidden.value = text; /* the server says whether such a document exists */
            shown = input.value;
            hidden.dispatchEvent(new Event("change", { bubbles: true }));
        });
    }

    /* amounts: thousands marked while typing stops */
    function setUpNumber(input) {
        const mark = vietnamese ? "." : ",", point = vietnamese ? "," : ".";
        input.addEventListener("blur", () => {
            const text = input.value.replace(/[\s₫đ]/g, "").split(mark).join("");
            const match = text.match(/^(-?\d+)([.,]\d+)?$/);
            if (match) input.value = match[1].replace(/\B(?=(\d{3})+(?!\d))/g, mark) + (match[2] ? point + match[2].slice(1) : "");
        });
    }
    function numberOf(text) {
        const cleaned = vietnamese ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, "");
        return cleaned === "" ? 0 : Number(cleaned);
    }

    /* dates are typed day first, whatever the browser's own language; its calendar only helps */
    function isoOf(text) {
        const match = text.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(.*))?$/);
        return match ? `${match[3]}-${match[2].padStart(2, "0")}-${match[1].padStart(2, "0")}${match[4] ? " " + match[4] : ""}` : text.trim();
    }
    function setUpDate(box) {
        const input = $("[data-date]", box), picker = $(".d-picker", box);
        picker.addEventListener("focus", () => { picker.value = isoOf(input.value); });
        picker.addEventListener("pointerdown", () => { picker.value = isoOf(input.value); });
        picker.addEventListener("change", (event) => {
            event.stopPropagation();
            if (picker.value) input.value = picker.value.split("-").reverse().join("/");
            input.dispatchEvent(new Event("change", { bubbles: true }));
        });
        input.addEventListener("blur", () => {
            const digits = input.value.trim().match(/^(\d{2})(\d{2})(\d{4})$/);
            if (digits) input.value = digits.slice(1).join("/");
        });
    }

    function setUpWidgets(root) {
        $$(".d-date", root).forEach(setUpDate);
        $$(".d-link", root).forEach(setUpLink);
        $$("input[data-number]", root).forEach(setUpNumber);
        /* the shell would write a chosen file's name into some text input above: it is told it did already */
        $$("input[type=file]", root).forEach((input) => { input.hasChangeListener = true; });
    }

    /* conditional fields: the DocType's own expressions, as on Frappe */
    function currentDoc() {
        const stored = $("#d-doc"), doc = stored ? JSON.parse(stored.textContent) : {};
        $$("#d-main [data-field]").forEach((input) => {
            if (!input.name || !input.name.startsWith("f.")) return;
            const key = input.dataset.field;
            if (input.type === "checkbox") doc[key] = input.checked ? 1 : 0;
            else if (input.type === "file") { if (input.files.length) doc[key] = input.files[0].name; }
            else if (input.hasAttribute("data-number")) doc[key] = numberOf(input.value);
            else if (input.hasAttribute("data-date")) doc[key] = isoOf(input.value);
            else if (input.hasAttribute("data-decimal")) doc[key] = Number(input.value.replace(",", ".")) || 0;
            else doc[key] = input.value;
        });
        return doc;
    }
    function holds(expression, doc, otherwise) {
        if (!expression) return otherwise;
        if (!expression.startsWith("eval:")) {
            const value = doc[expression];
            return Array.isArray(value) ? value.length > 0 : Boolean(value);
        }
        try {
            return Boolean(new Function("doc", "parent", "in_list", "cint", "flt", "frappe", "return (" + expression.slice(5).replace(/;\s*$/, "") + ")")(
                doc, doc, (list, item) => list.includes(item), (value) => parseInt(value, 10) || 0, (value) => Number(value) || 0,
                { session: { user: document.body.dataset.user || "" } }));
        } catch (error) {
            return otherwise;
        }
    }
    function showAndHide() {
        const doc = currentDoc();
        $$("[data-depends-on]").forEach((part) => { if (!part.closest(".d-grid")) part.hidden = !holds(part.dataset.dependsOn, doc, true); });
        $$("[data-mandatory-depends-on]").forEach((part) => {
            const label = $(".d-label", part);
            if (label) label.classList.toggle("required", holds(part.dataset.mandatoryDependsOn, doc, false));
        });
        $$("[data-read-only-depends-on]").forEach((part) => {
            const locked = holds(part.dataset.readOnlyDependsOn, doc, false);
            part.classList.toggle("d-locked", locked);
            $$("input:not([type=hidden]), textarea", part).forEach((input) => { input.readOnly = locked; });
            $$("select", part).forEach((input) => { input.style.pointerEvents = locked ? "none" : ""; input.tabIndex = locked ? -1 : 0; });
        });
        $$("fieldset.d-section").forEach((section) => {
            if (section.dataset.dependsOn !== undefined) return;
            const fields = $$(".d-column > .d-field", section);
            section.hidden = fields.length > 0 && fields.every((field) => field.hidden);
        });
    }

    /* server actions and progress */
    function watchProgress(doctype, name) {
        const box = $("#d-progress");
        let stopped = false, seen = null;
        async function poll() {
            if (stopped) return;
            const query = new URLSearchParams({ doctype, docname: name });
            try {
                const response = await fetch("/api/method/frappe.realtime.get_progress?" + query);
                const progress = (await response.json()).message;
                const text = JSON.stringify(progress);
                if (seen === null) seen = text; /* what an earlier run left is not news */
                else if (progress && text !== seen) {
                    box.hidden = false;
                    $(".d-progress-text", box).textContent = [progress.title, progress.description].filter(Boolean).join(": ") || words.working;
                    $(".d-progress-bar", box).style.width = Math.max(3, Math.min(100, progress.percent)) + "%";
                }
            } catch (error) { /* the next poll tries again */ }
            setTimeout(poll, 900);
        }
        poll();
        return () => { stopped = true; box.hidden = true; };
    }
    /* a background job on this document: shown while its progress moves; at its end the page is fresh */
    async function watchBackground(form, expected, isDirty) {
        const box = $("#d-progress");
        const query = new URLSearchParams({ doctype: form.dataset.doctype, docname: form.dataset.name });
        let last = null, still = 0, moving = false;
        for (let round = 0; still < (moving ? 60 : expected ? 30 : 6); round += 1) {
            let progress = null;
            try {
                const response = await fetch("/api/method/frappe.realtime.get_progress?" + query);
                progress = (await response.json()).message;
            } catch (error) { /* the next round tries again */ }
            if (!progress && round === 0 && !expected) return;
            const text = JSON.stringify(progress || null);
            if (round > 0 && text !== last && progress) {
                moving = true;
                still = 0;
                if (progress.failed) { box.hidden = true; note([progress.title, progress.description].filter(Boolean).join(": "), "red"); return; }
                box.hidden = false;
                $(".d-progress-text", box).textContent = [progress.title, progress.description].filter(Boolean).join(": ") || words.working;
                $(".d-progress-bar", box).style.width = Math.max(3, Math.min(100, progress.percent)) + "%";
                if (progress.percent >= 100) { if (!isDirty()) setTimeout(() => location.reload(), 800); return; }
            } else still += 1;
            last = text;
            await new Promise((resolve) => setTimeout(resolve, 1000));
        }
        box.hidden = true;
    }
    async function serverAction(button, form) {
        const buttons = $$(".d-toolbar .d-button");
        buttons.forEach((item) => { item.disabled = true; });
        $("#d-messages").replaceChildren();
        const box = $("#d-progress");
        const slow = setTimeout(() => { box.hidden = false; if (!$(".d-progress-text", box).textContent) $(".d-progress-text", box).textContent = words.working; }, 700);
        const stop = watchProgress(form.dataset.doctype, form.dataset.name);
        let answer;
        try {
            answer = await call(button.dataset.method, { doc: $("#d-doc").textContent });
        } catch (error) {
            answer = null;
        }
        clearTimeout(slow);
        stop();
        buttons.forEach((item) => { item.disabled = false; });
        if (!answer) return note(words.failed, "red");
        const lines = serverMessages(answer.body).map((item) => ({ text: plain(String(item.message).replace(/<br\s*\/?>|<\/li>|<\/p>/gi, "\n")), kind: item.indicator, html: String(item.message) }));
        if (!answer.ok) {
            lines.forEach((line) => note(line.text, "red", line.html));
            if (!lines.length) note(plain(answer.body.exception || answer.body.exc_type || words.failed), "red");
            return;
        }
        const message = answer.body.message;
        const answered = typeof message === "string" ? message : message && typeof message.message === "string" ? message.message : "";
        /* An answer that a message of the server has said already is not said again. */
        if (answered && !lines.some((line) => line.text === plain(answered))) lines.push({ text: plain(answered), kind: "green" });
        if (!lines.length) lines.push({ text: words.done, kind: "green" });
        sessionStorage.setItem("d-notes", JSON.stringify(lines));
        sessionStorage.setItem("d-watch", "1");
        const url = message && (message.file_url || message.url);
        if (typeof url === "string" && url.startsWith("/")) sessionStorage.setItem("d-open", url);
        location.reload();
    }

    function leftNotes() {
        const left = sessionStorage.getItem("d-notes");
        sessionStorage.removeItem("d-notes");
        if (left) JSON.parse(left).forEach((line) => note(line.text, line.kind, line.html));
        const url = sessionStorage.getItem("d-open");
        sessionStorage.removeItem("d-open");
        if (url) location.assign(url);
    }

    function setUpForm() {
        const form = $(".d-form"), main = $("#d-main");
        if (!form || !main) return;
        let dirty = false, leaving = false;
        main.addEventListener("change", () => { dirty = true; clean(); showAndHide(); });
        main.addEventListener("input", () => { if (!dirty) { dirty = true; clean(); } });
        function clean() {
            $$(".d-needs-clean").forEach((button) => { button.disabled = dirty; button.title = dirty ? words.dirty : ""; });
        }
        document.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
        window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
        document.addEventListener("keydown", (event) => {
            if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
                const save = $("button[value=save]");
                event.preventDefault();
                if (save) { if (document.activeElement) document.activeElement.blur(); save.click(); }
            }
        });
        main.addEventListener("keydown", (event) => { /* Enter must not press the form's first button, which may be Submit */
            if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) event.preventDefault();
        });
        const wrong = $("[aria-invalid=true]", main);
        if (wrong) {
            const tab = wrong.closest(".d-tab[hidden]");
            if (tab) $("#" + CSS.escape(tab.id + "-t")).click();
            wrong.focus();
        }
        $$(".d-server-action").forEach((button) => button.addEventListener("click", () => serverAction(button, form)));
        $$(".d-tabs button").forEach((button, at, all) => {
            button.addEventListener("click", () => {
                all.forEach((other) => { other.setAttribute("aria-selected", String(other === button)); other.tabIndex = other === button ? 0 : -1; $("#" + CSS.escape(other.getAttribute("aria-controls"))).hidden = other !== button; });
            });
            button.addEventListener("keydown", (event) => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (step) { const next = all[(at + step + all.length) % all.length]; next.click(); next.focus(); }
            });
        });
        $$(".d-collapse").forEach((button) => button.addEventListener("click", () => {
            const part = button.closest("fieldset").querySelector("[class^=d-columns-]"), open = button.getAttribute("aria-expanded") === "true";
            button.setAttribute("aria-expanded", String(!open));
            part.hidden = open;
            $(".material-symbols-outlined", button).textContent = open ? "expand_more" : "expand_less";
        }));
        /* such a section is closed at first, unless something in it is wrong or still to be filled in */
        $$(".d-collapse").forEach((button) => {
            const section = button.closest("fieldset");
            const empty = $$("[aria-required=true]", section).some((input) => !input.value);
            if (!$("[aria-invalid=true]", section) && !empty) button.click();
        });
        showAndHide();
        leftNotes();
        if (!form.hasAttribute("data-new") && $(".d-server-action")) watchBackground(form, sessionStorage.getItem("d-watch"), () => dirty);
        sessionStorage.removeItem("d-watch");
    }

    function slant(tick, name) {
        tick.textContent = name.length > 16 ? name.slice(0, 15) + "…" : name;
        tick.style.textAnchor = "end";
        tick.setAttribute("transform", `rotate(-48 ${tick.getAttribute("x") || 0} ${tick.getAttribute("y") || 0})`);
    }
    /* a name under its bar in up to three lines, instead of cut off */
    function wrap(tick, name, letters) {
        const lines = [];
        name.split(" ").forEach((word) => {
            const last = lines[lines.length - 1];
            if (last !== undefined && (last + " " + word).length <= letters) lines[lines.length - 1] = last + " " + word;
            else lines.push(word);
        });
        tick.replaceChildren(...lines.slice(0, 3).map((line, at) => {
            const part = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
            part.textContent = line;
            part.setAttribute("x", tick.getAttribute("x") || 0);
            if (at) part.setAttribute("dy", "1.1em");
            return part;
        }));
    }

    function drawCharts() {
        $$(".d-chart").forEach((place) => {
            const data = place.nextElementSibling;
            if (!data || !window.frappe || !window.frappe.Chart) return;
            const config = JSON.parse(data.textContent);
            const numbers = new Intl.NumberFormat(document.documentElement.lang || "vi");
            const short = (value) => {
                const size = Math.abs(value);
                if (!vietnamese) return new Intl.NumberFormat("en", { notation: "compact" }).format(value);
                if (size >= 1e9) return numbers.format(Math.round(value / 1e8) / 10) + " tỷ";
                if (size >= 1e6) return numbers.format(Math.round(value / 1e5) / 10) + " tr";
                return numbers.format(value);
            };
            const chart = new window.frappe.Chart(place, Object.assign({
                animate: false,
                truncateLegends: true,
                axisOptions: Object.assign({ xAxisMode: "tick", xIsSeries: config.type === "line", shortenYAxisNumbers: false }, config.axisOptions || {}),
                tooltipOptions: { formatTooltipY: (value) => numbers.format(value) },
            }, config));
            /* the chart starts empty and fills itself after 0.7 s: nobody has to wait, and a printed page has it too */
            if (chart.realData && chart.update) chart.update(chart.realData);
            const format = () => {
                $$(".y.axis text, .data-point-value", place).forEach((label) => {
                    /* once: 1000 becomes 1.000, which must not be read as one */
                    if (label.dataset.short === label.textContent || !/^-?\d{4,}(\.\d+)?$|^-?\d+\.\d+$/.test(label.textContent)) return;
                    label.textContent = label.dataset.short = short(Number(label.textContent));
                });
                const ticks = $$(".x.axis text", place), names = (config.data.labels || []).map(String);
                if (ticks.length !== names.length) return;
                const slot = (place.clientWidth - 80) / names.length, letters = Math.floor(slot / 5.8);
                const long = names.some((name) => name.split(" ").some((word) => word.length > letters));
                place.classList.toggle("d-chart-slanted", long);
                ticks.forEach((tick, at) => {
                    if (tick.dataset.fitted) return;
                    tick.dataset.fitted = "1";
                    if (long) slant(tick, names[at]);
                    else wrap(tick, names[at], letters); /* also what the library cut off */
                });
            };
            format();
            new MutationObserver(format).observe(place, { childList: true, subtree: true });
        });
    }

    document.addEventListener("submit", (event) => {
        if (event.defaultPrevented) return;
        const question = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
        if (question && !window.confirm(question)) event.preventDefault();
        else if (event.submitter && event.target.method === "post" && !event.submitter.hasAttribute("data-download")) {
            setTimeout(() => $$("button", event.target).concat(event.submitter).forEach((button) => { button.disabled = true; }), 0);
        }
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    document.addEventListener("change", (event) => {
        const named = event.target.type === "file" && event.target.parentElement.querySelector(".d-file-name");
        if (named) named.textContent = Array.from(event.target.files, (file) => file.name).join(", ") || words.nofile;
        if (event.target.hasAttribute && event.target.hasAttribute("data-autosubmit")) {
            const form = event.target.form;
            form.requestSubmit(form.querySelector("button[name=_action]") || undefined);
        }
    });
    document.addEventListener("click", (event) => {
        const button = event.target.closest && event.target.closest("[data-print-frame]");
        if (button) document.getElementById(button.dataset.printFrame).contentWindow.print();
        const close = event.target.closest && event.target.closest("[data-close-dialog]");
        if (close) close.closest("dialog").close();
        $$("details.d-dropdown[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    });
    /* on a phone the whole width of the paper is shown, smaller */
    function fitPaper() {
        const box = $(".d-paper-box");
        if (box) box.style.setProperty("--d-scale", box.clientWidth / 840);
    }
    window.addEventListener("resize", fitPaper);
    document.addEventListener("DOMContentLoaded", fitPaper);
    window.desk = { $, $$, vietnamese, token, call, note, plain, setUpWidgets, holds, numberOf, isoOf };
    /* after the shell's own start, which takes everything of class "chart" for a canvas */
    window.addEventListener("load", () => setTimeout(drawCharts, 0));
    document.addEventListener("DOMContentLoaded", () => {
        setUpWidgets(document);
        setUpForm();
    });
})();
