#!/bin/sh
# Prepare the data and render what is stale, unattended. For cron, systemd or by hand; needs nothing but sh and flock.
#
#   PROJECT  folder of the project; the one that this script stands in
#   SCSR     the command; PROJECT/.venv/bin/scsr
#   RAW      raw files; PROJECT/data/raw
#   NOTIFY   a command that is told in one line on its standard input when something failed, such as one that posts to
#            a chat; none by default
#
# In PROJECT/logs: render.log (words), render.jsonl (for programs), and FAILED while the last run was not all well.
# Exit codes are those of scsr: 0 all fresh, 1 some failed, 2 bad input. A run that meets another ends with 0 at once.
set -u
PROJECT=${PROJECT:-$(cd "$(dirname "$0")/../.." && pwd)}
SCSR=${SCSR:-$PROJECT/.venv/bin/scsr}
RAW=${RAW:-$PROJECT/data/raw}
cd "$PROJECT" || exit 2
mkdir -p logs || exit 1
exec 9>logs/.lock
flock -n 9 || { echo "the last run is still at work" >>logs/render.log; exit 0; }
if [ "$(wc -c 2>/dev/null <logs/render.log || echo 0)" -gt 1000000 ]; then
  mv logs/render.log logs/render.log.1
  mv logs/render.jsonl logs/render.jsonl.1
fi

"$SCSR" prepare "$RAW" 9>&- >>logs/render.log 2>&1
code=$?
if [ $code -eq 0 ]; then
  "$SCSR" render --log logs/render.jsonl 9>&- >>logs/render.log 2>&1
  code=$?
fi
if [ $code -eq 0 ]; then
  rm -f logs/FAILED
else
  echo "reports of $PROJECT: exit code $code, $(tail -n 1 logs/render.log)" >logs/FAILED
  if [ -n "${NOTIFY:-}" ]; then $NOTIFY <logs/FAILED; fi
fi
exit $code
