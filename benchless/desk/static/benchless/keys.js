/* Keys for the whole desk, as on Frappe: / and Ctrl+K search, Ctrl+B new, Ctrl+S save, Esc closes, ? says which. */
(function () {
    "use strict";
    const { $, $$, vietnamese } = window.desk;
    const keys = vietnamese
        ? [["Ctrl + K", "Tìm khắp nơi"], ["/", "Tìm trong danh sách"], ["Ctrl + B", "Thêm mới"], ["Ctrl + S", "Lưu"], ["j, k, ↑, ↓", "Lên xuống trong danh sách"], ["Dấu cách", "Chọn dòng"], ["Enter", "Mở"], ["Esc", "Đóng"], ["?", "Các phím tắt"]]
        : [["Ctrl + K", "Search everywhere"], ["/", "Search in the list"], ["Ctrl + B", "New"], ["Ctrl + S", "Save"], ["j, k, ↑, ↓", "Move in the list"], ["Space", "Choose a row"], ["Enter", "Open"], ["Esc", "Close"], ["?", "These keys"]];

    function help() {
        let dialog = $("#d-keys");
        if (!dialog) {
            dialog = document.createElement("dialog");
            dialog.id = "d-keys";
            dialog.className = "d-dialog";
            dialog.setAttribute("aria-label", keys[keys.length - 1][1]);
            const list = document.createElement("dl");
            keys.forEach(([key, meaning]) => {
                const term = document.createElement("dt"), text = document.createElement("dd");
                term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
                text.textContent = meaning;
                list.append(term, text);
            });
            const close = Object.assign(document.createElement("button"), { type: "button", className: "d-button", textContent: vietnamese ? "Đóng" : "Close" });
            close.addEventListener("click", () => dialog.close());
            dialog.append(list, close);
            document.body.append(dialog);
        }
        dialog.showModal();
    }

    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
        if (event.key === "Escape") {
            const menu = $$("details.d-dropdown[open]").pop();
            if (menu) { menu.open = false; $("summary", menu).focus(); }
        } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "b" && !event.shiftKey) {
            const add = $("[data-key=n]");
            if (add) { event.preventDefault(); add.click(); }
        } else if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) {
            return;
        } else if (event.key === "/") {
            event.preventDefault();
            const box = $(".d-search input");
            if (box) box.focus();
            else $(".d-search-open button").click();
        } else if (event.key === "?") {
            event.preventDefault();
            help();
        }
    });
    document.addEventListener("DOMContentLoaded", () => { /* the shell names no landmark for what is between its bars */
        const content = $("#content");
        if (content) { content.setAttribute("role", "main"); content.tabIndex = -1; }
    });
    /* an opened menu takes the focus, so that Tab goes on inside it */
    document.addEventListener("toggle", (event) => {
        if (event.target.matches && event.target.matches("details.d-dropdown") && event.target.open) {
            $$("details.d-dropdown[open]").forEach((other) => { if (other !== event.target) other.open = false; });
            const first = $("a, button, input:not([type=hidden]), select", event.target.querySelector("summary ~ *"));
            if (first && event.target.contains(document.activeElement)) first.focus();
        }
    }, true);
})();
