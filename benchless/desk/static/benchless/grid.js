/* Child tables: rows added, copied, moved, removed, pasted from a spreadsheet, opened as a form; the keys of a sheet. */
(function () {
    "use strict";
    const { $, $$, vietnamese, note, setUpWidgets, holds, numberOf, isoOf } = window.desk;
    const MOST_ROWS = 300; /* what the server takes in one form */
    const words = vietnamese
        ? { row: "Dòng", insert: "Chèn dòng ở trên", copy: "Nhân bản dòng", up: "Chuyển lên", down: "Chuyển xuống", remove: "Xóa dòng", pasted: "Đã dán {0} dòng.", unknown: "Không nhận ra: {0}", full: "Bảng chỉ nhận {0} dòng trên trang này." }
        : { row: "Row", insert: "Insert row above", copy: "Duplicate row", up: "Move up", down: "Move down", remove: "Remove row", pasted: "{0} rows pasted.", unknown: "Not recognised: {0}", full: "The table takes {0} rows on this page." };
    const fill = (text, value) => text.replace("{0}", value);
    const VISIBLE = "input:not([type=hidden]):not(.d-picker):not(.d-pick), select, textarea";
    let keys = 0;

    class Grid {
        constructor(root) {
            this.root = root;
            this.body = $("tbody", root);
            this.template = $("template", root);
            this.dialog = $(".d-row-dialog", root);
            this.opened = null;
            if (this.template) {
                $(".d-add-row", root).addEventListener("click", () => { const row = this.add(); if (row && !this.narrow()) this.focusCell(row, 0); });
                $(".d-remove-picked", root).addEventListener("click", () => { this.rows().filter((row) => $(".d-pick", row).checked).forEach((row) => this.drop(row)); this.changed(); });
                this.body.addEventListener("change", (event) => { if (event.target.matches(".d-pick")) { event.stopPropagation(); this.countPicked(); } });
                this.body.addEventListener("paste", (event) => this.paste(event));
            }
            this.body.addEventListener("keydown", (event) => this.key(event));
            this.body.addEventListener("click", (event) => this.click(event));
            $(".d-row-before", this.dialog).addEventListener("click", () => this.step(-1));
            $(".d-row-after", this.dialog).addEventListener("click", () => this.step(1));
            this.dialog.addEventListener("close", () => this.putBack());
            this.dialog.addEventListener("change", () => this.showAndHide());
            this.dialog.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
        }
        rows() { return $$(":scope > tr.d-row", this.body); }
        cells(row) { return $$(":scope > td.d-cell", row); }
        input(cell) { return cell && $(VISIBLE, cell); }
        narrow() { return window.matchMedia("(max-width: 639px)").matches; }
        focusCell(row, at) {
            const cells = this.cells(row);
            const input = this.input(cells[at]) || cells.map((cell) => this.input(cell)).find(Boolean);
            if (input) { input.focus(); if (input.select) input.select(); }
        }
        changed() {
            this.rows().forEach((row, at) => { $("td.d-idx span", row).textContent = at + 1; });
            $("tr.d-grid-empty", this.body).hidden = this.rows().length > 0;
            this.countPicked();
            this.root.dispatchEvent(new Event("change", { bubbles: true }));
        }
        countPicked() {
            const button = $(".d-remove-picked", this.root), number = $$(".d-pick:checked", this.body).length;
            button.hidden = number === 0;
            $("span", button).textContent = number;
        }
        add(before) {
            if (this.rows().length >= MOST_ROWS) { note(fill(words.full, MOST_ROWS), "orange"); return null; }
            keys += 1;
            const holder = document.createElement("template");
            holder.innerHTML = this.template.innerHTML.split("__key__").join("n" + keys);
            const row = holder.content.firstElementChild;
            this.body.insertBefore(row, before || $("tr.d-grid-empty", this.body));
            setUpWidgets(row);
            this.changed();
            return row;
        }
        drop(row) {
            const kept = $("[data-kept]", row);
            if (kept) this.root.append(kept); /* its name stays, so that the server knows the row was shown and removed */
            row.remove();
        }
        move(row, step) {
            const rows = this.rows(), other = rows[rows.indexOf(row) + step];
            if (!other) return;
            const focused = document.activeElement;
            this.body.insertBefore(row, step < 0 ? other : other.nextElementSibling);
            if (row.contains(focused)) focused.focus();
            this.changed();
        }
        async copy(row) {
            await this.loadMore(row);
            const made = this.add(row.nextElementSibling);
            if (!made) return;
            const source = $$("[data-field]", row);
            $$("[data-field]", made).forEach((input) => {
                const from = source.find((other) => other.dataset.field === input.dataset.field);
                if (!from || input.type === "file") return;
                if (input.type === "checkbox") input.checked = from.checked;
                else input.value = from.value;
                if (input.type === "hidden" && input.closest(".d-link")) $("input[type=text]", input.closest(".d-link")).value = $("input[type=text]", from.closest(".d-link")).value;
            });
            this.changed();
            this.focusCell(made, 0);
        }

        /* a row as a form: its widgets go into the dialog and come back when it closes */
        async loadMore(row) {
            const place = $("td[data-more-name]", row), form = this.root.closest(".d-form");
            if (!place || !form) return;
            const query = new URLSearchParams({ _row: this.root.dataset.table, _name: place.dataset.moreName, _key: place.dataset.moreKey });
            const response = await fetch(location.pathname + "?" + query);
            if (!response.ok || !place.dataset.moreName) return;
            const holder = document.createElement("template");
            holder.innerHTML = await response.text();
            place.removeAttribute("data-more-name");
            const more = holder.content.firstElementChild;
            place.append(more);
            setUpWidgets(more);
        }
        async open(row) {
            await this.loadMore(row);
            const place = $(".d-row-fields", this.dialog), labels = $$("thead th", this.root);
            this.opened = row;
            $("h2", this.dialog).textContent = `${this.root.dataset.label}: ${words.row.toLowerCase()} ${this.rows().indexOf(row) + 1}`;
            this.cells(row).forEach((cell, at) => {
                const field = document.createElement("div"), input = this.input(cell), label = document.createElement(input ? "label" : "span");
                field.className = "d-field";
                label.className = "d-label" + (labels[at + 1].classList.contains("required") ? " required" : "");
                label.textContent = cell.dataset.label;
                if (input) label.htmlFor = input.id;
                field.append(label, ...cell.childNodes);
                place.append(field);
            });
            const more = $(".d-more-fields", row);
            if (more) { more.hidden = false; place.append(more); }
            this.showAndHide();
            if (!this.dialog.open) this.dialog.showModal();
            const first = $(VISIBLE, place);
            if (first) first.focus();
        }
        /* conditions of a row's fields look at the row, as on Frappe */
        showAndHide() {
            const place = $(".d-row-fields", this.dialog), doc = {};
            $$("[data-field]", place).forEach((input) => {
                doc[input.dataset.field] = input.type === "checkbox" ? Number(input.checked) : input.hasAttribute("data-number") ? numberOf(input.value) : input.hasAttribute("data-decimal") ? Number(input.value.replace(",", ".")) || 0 : input.hasAttribute("data-date") ? isoOf(input.value) : input.value;
            });
            $$(".d-more-fields [data-depends-on]", place).forEach((field) => { field.hidden = !holds(field.dataset.dependsOn, doc, true); });
        }
        putBack() {
            const row = this.opened;
            if (!row) return;
            const place = $(".d-row-fields", this.dialog), fields = Array.from(place.children);
            this.cells(row).forEach((cell, at) => cell.append(...Array.from(fields[at].childNodes).slice(1)));
            const more = $(":scope > .d-more-fields", place);
            if (more) { more.hidden = true; $("td.d-tools", row).append(more); }
            place.replaceChildren();
            this.opened = null;
            $(".d-open-row", row).focus();
        }
        step(by) {
            const rows = this.rows(), next = rows[rows.indexOf(this.opened) + by];
            if (!next) return;
            this.putBack();
            this.open(next);
        }

        menu(row, button) {
            const old = $(".d-menu", this.root);
            if (old) old.remove();
            if (old && old.dataset.of === button.closest("tr").rowIndex + "") return;
            const menu = document.createElement("div");
            menu.className = "d-menu";
            menu.dataset.of = row.rowIndex;
            menu.setAttribute("role", "menu");
            const close = () => { menu.remove(); document.removeEventListener("click", outside, true); };
            const outside = (event) => { if (!menu.contains(event.target) && event.target.closest(".d-row-menu") !== button) close(); };
            const entries = [[words.insert, () => { const made = this.add(row); if (made) this.focusCell(made, 0); }], [words.copy, () => this.copy(row)], [words.up, () => this.move(row, -1)], [words.down, () => this.move(row, 1)], [words.remove, () => { this.drop(row); this.changed(); }]];
            entries.forEach(([label, act], at) => {
                const item = document.createElement("button");
                item.type = "button";
                item.setAttribute("role", "menuitem");
                item.textContent = label;
                if (at === entries.length - 1) item.className = "d-danger";
                item.addEventListener("click", () => { close(); act(); });
                menu.append(item);
            });
            menu.addEventListener("keydown", (event) => {
                const items = $$("button", menu), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                if (step) { event.preventDefault(); items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus(); }
                if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(); button.focus(); }
            });
            this.root.append(menu);
            const place = button.getBoundingClientRect();
            menu.style.top = Math.min(place.bottom, window.innerHeight - menu.offsetHeight - 8) + "px";
            menu.style.left = Math.max(8, place.right - menu.offsetWidth) + "px";
            $("button", menu).focus();
            document.addEventListener("click", outside, true);
        }
        click(event) {
            const row = event.target.closest("tr.d-row"), button = event.target.closest("button");
            if (!row) return;
            if (button && button.classList.contains("d-row-menu")) this.menu(row, button);
            else if (button && button.classList.contains("d-open-row")) this.open(row);
            else if (this.narrow() && !event.target.closest(".d-idx, .d-tools, a")) { event.preventDefault(); this.open(row); }
        }

        /* the keys of a sheet: Enter and the arrows go up and down, Alt with them moves the row */
        key(event) {
            const row = event.target.closest("tr.d-row"), cell = event.target.closest("td.d-cell");
            if (!row || event.defaultPrevented || event.isComposing) return;
            if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && this.template) {
                event.preventDefault();
                return this.move(row, event.key === "ArrowUp" ? -1 : 1);
            }
            if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
            const rows = this.rows(), at = rows.indexOf(row), column = this.cells(row).indexOf(cell), input = event.target;
            const combo = input.getAttribute("role") === "combobox", long = input.matches("textarea");
            if (event.key === "Enter" && !(long && !event.shiftKey && input.value.includes("\n"))) {
                event.preventDefault();
                const next = rows[at + (event.shiftKey ? -1 : 1)] || (this.template && !event.shiftKey ? this.add() : null);
                if (next) this.focusCell(next, column);
            } else if (["ArrowUp", "ArrowDown"].includes(event.key) && !combo && !long && !input.matches("select, [type=date], [type=time]")) {
                const next = rows[at + (event.key === "ArrowUp" ? -1 : 1)];
                if (next) { event.preventDefault(); this.focusCell(next, column); }
            }
        }

        /* cells copied in a spreadsheet fill the table from the cell they are pasted into */
        async paste(event) {
            const cell = event.target.closest("td.d-cell"), text = event.clipboardData && event.clipboardData.getData("text/plain");
            if (!cell || !text || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
            event.preventDefault();
            const lines = text.replace(/[\r\n]+$/, "").split(/\r\n|\n|\r/).map((line) => line.split("\t"));
            const first = event.target.closest("tr.d-row"), column = this.cells(first).indexOf(cell), unknown = new Set();
            let row = first, done = 0;
            for (const line of lines) {
                row = done === 0 ? first : row.nextElementSibling && row.nextElementSibling.matches("tr.d-row") ? row.nextElementSibling : this.add();
                if (!row) break;
                const cells = this.cells(row);
                for (let at = 0; at < line.length; at += 1) await this.put(cells[column + at], line[at].trim(), unknown);
                done += 1;
            }
            this.changed();
            note(fill(words.pasted, done), "green");
            if (unknown.size) note(fill(words.unknown, Array.from(unknown).slice(0, 10).join(", ")), "orange");
        }
        async put(cell, text, unknown) {
            const input = this.input(cell);
            if (!input || input.readOnly) return;
            if (input.matches("select")) {
                const wanted = text.toLowerCase(), option = Array.from(input.options).find((one) => [one.value, one.text].some((own) => own.toLowerCase() === wanted));
                if (option) input.value = option.value;
                else unknown.add(text);
            } else if (input.type === "checkbox") input.checked = ["1", "x", "có", "yes", "true", "✓"].includes(text.toLowerCase());
            else if (input.closest(".d-link")) { if (!(await this.putLink(input.closest(".d-link"), text))) unknown.add(text); }
            else {
                input.value = text;
                input.dispatchEvent(new Event("blur"));
            }
        }
        async putLink(link, text) {
            const shown = $("input[type=text]", link), hidden = $("input[type=hidden]", link), source = link.dataset.doctype;
            this.links = this.links || new Map();
            const key = source + "\t" + text;
            if (text && source && !this.links.has(key)) {
                const query = new URLSearchParams({ txt: text, parent: link.dataset.parent || "", field: link.dataset.fieldname || "" });
                const response = await fetch(`/desk/link/${encodeURIComponent(source)}?${query}`);
                const choices = response.ok ? (await response.json()).results : [];
                const same = choices.filter((choice) => [choice.value, choice.label].some((own) => own && own.toLowerCase() === text.toLowerCase()));
                this.links.set(key, same.length === 1 ? same[0] : choices.length === 1 ? choices[0] : null);
            }
            const found = this.links.get(key);
            shown.value = found ? found.label || found.value : text;
            hidden.value = found ? found.value : text; /* the server says whether such a document exists */
            return Boolean(found) || !text;
        }
    }

    document.addEventListener("DOMContentLoaded", () => $$(".d-grid").forEach((root) => new Grid(root)));
})();
