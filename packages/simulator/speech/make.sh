#!/bin/sh
# Makes the recordings and scripts.json from scripts.txt. Needs espeak-ng and sox; run it from anywhere.
set -eu
cd "$(dirname "$0")"
rm -f ./*.wav

# file_of SPEAKER TEXT: the same words in the same voice share one recording.
file_of() {
  slug=$(printf '%s' "$2" | tr '[:upper:]' '[:lower:]' | tr -d "'" | tr -cs 'a-z0-9' '-' | cut -c1-40 | sed 's/-*$//')
  printf '%s-%s.wav' "$1" "$slug"
}

# record SPEAKER TEXT FILE: speak, cut the silence at both ends, level, 16 kHz mu-law.
record() {
  [ -f "$3" ] && return 0
  case $1 in
    assistant) voice='en-us+f4'; pitch=58; speed=182 ;;
    customer) voice='en-gb+m3'; pitch=34; speed=186 ;;
  esac
  espeak-ng -v "$voice" -p "$pitch" -s "$speed" --stdout "$2" |
    sox -q -t wav - -r 16000 -c 1 -e mu-law "$3" \
      silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse gain -n -4
}

ms_of() { soxi -s "$1" | awk '{ printf "%d", $1 / 16 }'; }

{
  printf '{\n  "conversations": ['
  conversation_comma='' turn_comma='' open=''
  while IFS= read -r line; do
    case $line in
      '#'* | '') continue ;;
      '== sentences')
        printf '\n      ]\n    }\n  ],\n  "sentences": ['
        turn_comma=''
        continue
        ;;
      '== '*)
        [ -n "$open" ] && printf '\n      ]\n    }'
        head=${line#== }
        name=${head%% |*} rest=${head#* | }
        printf '%s\n    {\n      "name": "%s",\n      "direction": "%s",\n      "title": "%s",\n      "turns": [' \
          "$conversation_comma" "$name" "${rest%% |*}" "${rest#* | }"
        conversation_comma=',' turn_comma='' open=1
        continue
        ;;
    esac
    who=${line%%:*} text=${line#*: } cuts_in=false
    case $who in *!) cuts_in=true who=${who%!} ;; esac
    if [ "$who" = say ]; then
      file=$(file_of assistant "$text")
      record assistant "$text" "$file" < /dev/null
      printf '%s\n    { "text": "%s", "file": "%s", "durationMs": %s }' "$turn_comma" "$text" "$file" "$(ms_of "$file")"
    else
      file=$(file_of "$who" "$text")
      record "$who" "$text" "$file" < /dev/null
      printf '%s\n        { "speaker": "%s", "text": "%s", "file": "%s", "durationMs": %s, "cutsIn": %s }' \
        "$turn_comma" "$who" "$text" "$file" "$(ms_of "$file")" "$cuts_in"
    fi
    turn_comma=','
  done < scripts.txt
  printf '\n  ]\n}\n'
} > scripts.json.new
mv scripts.json.new scripts.json
npx prettier --write scripts.json
