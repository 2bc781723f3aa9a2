#!/bin/sh
# Installs through apt what pip cannot bring: Pango and fonts (pdf), Chromium (browser), MariaDB
# without its service (mariadb), Python with its venv (python, venv). Names it where it may not.
set -u
missing=""
for part in "$@"; do
  case "$part" in
    python) missing="$missing python3 python3-venv" ;;
    venv) missing="$missing python3-venv" ;;
    pdf)
      (ldconfig -p 2>/dev/null || /sbin/ldconfig -p) | grep -q libpangoft2-1.0 || missing="$missing libpango-1.0-0 libpangoft2-1.0-0"
      # Liberation 2 is the free Times New Roman that has every Vietnamese letter (U+1EF1 is ự); 1.07 lacks them.
      fc-list ":charset=1ef1" family 2>/dev/null | grep -qi "Liberation Serif" || missing="$missing fontconfig fonts-liberation2" ;;
    mariadb)
      PATH="$PATH:/usr/sbin" command -v mariadbd >/dev/null 2>&1 || missing="$missing mariadb-server-core"
      command -v mariadb-dump >/dev/null 2>&1 || missing="$missing mariadb-client" ;;
    browser) command -v chromium >/dev/null 2>&1 || missing="$missing chromium" ;;
  esac
done
[ -z "$missing" ] && exit 0
sudo=""
[ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && sudo="sudo -n"; }
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || [ -n "$sudo" ]; }; then
  echo "Installing system packages:$missing"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 && exit 0
fi
echo "Please install:$missing (apt-get install$missing); PDF, browser or MariaDB parts are skipped without them."
exit 0
