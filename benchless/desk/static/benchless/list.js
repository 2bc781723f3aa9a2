/* A list: chosen rows, actions on them with progress and an answer for each, the filter form's widgets, row keys. */
(function () {
    "use strict";
    const { $, $$, vietnamese, setUpWidgets } = window.desk;
    const CHUNK = 10; /* documents asked for at once: often enough for a moving bar */
    const words = vietnamese
        ? { done: "Đã xong", failed: "Giữ nguyên", of: "trên", lost: "Không kết nối được máy chủ; các bản ghi còn lại giữ nguyên.", stopped: "Đã dừng.", ok: "Xong", no: "Không được", document: "Bản ghi", result: "Kết quả", reason: "Lý do" }
        : { done: "Done", failed: "Left as they are", of: "of", lost: "The server could not be reached; the other documents were left as they are.", stopped: "Stopped.", ok: "Done", no: "Refused", document: "Document", result: "Result", reason: "Reason" };

    function element(tag, text, className) {
        const made = document.createElement(tag);
        if (text !== undefined) made.textContent = text;
        if (className) made.className = className;
        return made;
    }

    /* the input that fits a field, as the server renders it for forms */
    function setUpWidgetForm(form, field, operator, place, address) {
        let asked = 0;
        async function load() {
            const query = new URLSearchParams({ _field: field.value, _operator: operator ? operator.value : "=" }), number = (asked += 1);
            place.hidden = Boolean(operator) && ["set", "not set"].includes(operator.value);
            const response = await fetch(address + "?" + query), shown = await response.text();
            if (!response.ok || number !== asked) return; /* an older answer that came late */
            place.innerHTML = shown;
            setUpWidgets(place);
        }
        field.addEventListener("change", load);
        if (operator) operator.addEventListener("change", load);
        return load;
    }

    function setUpAddFilter(box) {
        const form = $("form", box);
        const load = setUpWidgetForm(form, form._field, form._operator, $(".d-filter-value", form), box.dataset.widget);
        box.addEventListener("toggle", () => { if (box.open) load(); });
    }

    function setUpSelection(form) {
        const bar = $(".d-bulk", form), all = $(".d-check-all", form), boxes = $$("input[name=names]", form);
        if (!bar) return;
        let last = null;
        function count() {
            const chosen = boxes.filter((box) => box.checked), number = chosen.length;
            $(".d-bulk-count", bar).textContent = number;
            $$("[data-states], [data-docstatuses]", bar).forEach((button) => { /* what fits none of the chosen rows is not offered */
                const states = JSON.parse(button.dataset.states || "null"), docstatuses = JSON.parse(button.dataset.docstatuses || "null");
                button.hidden = !chosen.some((box) => (!states || states.includes(box.dataset.state)) && (!docstatuses || docstatuses.includes(Number(box.dataset.docstatus))));
            });
            bar.hidden = number === 0;
            all.checked = number > 0 && number === boxes.length;
            all.indeterminate = number > 0 && number < boxes.length;
        }
        boxes.forEach((box, at) => {
            box.addEventListener("click", (event) => { /* with Shift: everything since the last click */
                if (event.shiftKey && last !== null) boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((other) => { other.checked = box.checked; });
                last = at;
                count();
            });
            box.addEventListener("change", count);
        });
        all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
        count();
    }

    function setUpBulk(form) {
        const dialog = $("#d-bulk-dialog"), edit = $(".d-bulk-form", dialog);
        const go = $(".d-bulk-go", dialog), stop = $(".d-bulk-stop", dialog), progress = $(".d-bulk-progress", dialog), results = $(".d-bulk-results", dialog);
        let changed = false, stopped = false, running = false;
        const chosen = () => $$("input[name=names]:checked", form);

        function open(title, asks) {
            $("#d-bulk-title", dialog).textContent = title;
            if (edit) edit.hidden = !asks;
            go.hidden = !asks;
            results.replaceChildren();
            progress.hidden = true;
            changed = stopped = false;
            dialog.showModal();
        }
        function show(rows) {
            const table = element("table", undefined, "d-table"), body = element("tbody"), head = element("tr");
            [words.document, words.result, words.reason].forEach((label) => { const cell = element("th", label); cell.scope = "col"; head.append(cell); });
            const top = element("thead");
            top.append(head);
            rows.sort((one, other) => one.ok - other.ok).forEach((row) => {
                const line = element("tr"), result = element("td");
                result.append(element("span", row.ok ? words.ok : words.no, "d-pill " + (row.ok ? "green" : "red")));
                line.append(element("td", row.title), result, element("td", row.message));
                body.append(line);
            });
            table.append(top, body);
            results.replaceChildren(table);
        }
        async function run(action, more) {
            const boxes = chosen(), rows = [], bar = $("progress", progress), status = $("p", progress);
            const titles = new Map(boxes.map((box) => [box.value, $(".d-title a", box.closest("tr")).textContent]));
            const names = boxes.map((box) => box.value);
            let problem = "";
            running = true;
            progress.hidden = false;
            stop.hidden = false;
            for (let at = 0; at < names.length && !stopped && !problem; at += CHUNK) {
                bar.value = Math.round((100 * at) / names.length);
                status.textContent = `${at} ${words.of} ${names.length}`;
                const body = new FormData();
                body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
                body.set("_action", action);
                Object.entries(more || {}).forEach(([key, value]) => body.set(key, value));
                names.slice(at, at + CHUNK).forEach((name) => body.append("names", name));
                try {
                    const response = await fetch(form.dataset.bulk, { method: "POST", body });
                    if (!response.ok) throw new Error(response.status);
                    (await response.json()).results.forEach((row) => rows.push({ ...row, title: titles.get(row.name) || row.name }));
                } catch (error) {
                    problem = words.lost;
                }
                show(rows);
            }
            const done = rows.filter((row) => row.ok).length;
            changed = done > 0;
            bar.value = 100;
            status.textContent = `${words.done}: ${done}. ${words.failed}: ${names.length - done}. ${problem || (stopped ? words.stopped : "")}`.trim();
            stop.hidden = true;
            go.hidden = true;
            running = false;
            $(".d-bulk-close", dialog).focus();
        }
        stop.addEventListener("click", () => { stopped = true; });
        $(".d-bulk-close", dialog).addEventListener("click", () => dialog.close());
        dialog.addEventListener("cancel", (event) => { if (running) { event.preventDefault(); stopped = true; } });
        dialog.addEventListener("close", () => { if (changed) location.reload(); });
        form.addEventListener("submit", (event) => {
            const button = event.submitter;
            if (!button || button.hasAttribute("data-download")) return;
            event.preventDefault();
            if (!window.confirm(button.dataset.confirm)) return;
            open(button.dataset.label, false);
            run(button.value);
        });
        const asks = $(".d-bulk-edit", form);
        if (asks && edit) {
            const load = setUpWidgetForm(edit, edit.field, null, $(".d-filter-value", edit), edit.dataset.widget);
            asks.addEventListener("click", () => { open(asks.textContent, true); load(); });
            edit.addEventListener("submit", (event) => { event.preventDefault(); go.click(); });
            go.addEventListener("click", () => {
                if (document.activeElement) document.activeElement.blur();
                if (!window.confirm(asks.dataset.confirm)) return;
                const input = edit.querySelector("[name=_value]:not([type=hidden])") || edit.querySelector("[name=_value]");
                edit.hidden = go.hidden = true;
                run("update", { field: edit.field.value, value: input ? input.value : "" });
            });
        }
    }

    /* rows by the keys Frappe's list knows: j and k (or the arrows) move, Space chooses, Enter opens */
    function setUpRowKeys(form) {
        const rows = $$("tbody tr", form);
        let at = -1;
        document.addEventListener("keydown", (event) => {
            const inField = event.target.closest("input:not([type=checkbox]), select, textarea, dialog, details, [role=menu]");
            if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
            const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
            if (step && (event.key.length === 1 || at >= 0 || event.target === document.body)) {
                event.preventDefault();
                at = Math.max(0, Math.min(rows.length - 1, at + step));
                const link = $(".d-title a", rows[at]);
                link.focus();
                rows[at].scrollIntoView({ block: "nearest" });
            } else if (event.key === " " && event.target.closest(".d-title")) {
                const box = $("input[name=names]", event.target.closest("tr"));
                if (box) { event.preventDefault(); box.click(); }
            }
        });
        form.addEventListener("focusin", (event) => { const row = event.target.closest("tbody tr"); if (row) at = rows.indexOf(row); });
    }

    document.addEventListener("DOMContentLoaded", () => {
        $$(".d-add-filter").forEach(setUpAddFilter);
        const more = $(".d-show-filters");
        if (more) more.addEventListener("click", () => {
            const open = more.getAttribute("aria-expanded") !== "true";
            more.setAttribute("aria-expanded", String(open));
            $("#d-standard-filters").classList.toggle("open", open);
        });
        const form = $("#d-rows");
        if (!form) return;
        setUpSelection(form);
        setUpBulk(form);
        setUpRowKeys(form);
    });
})();
