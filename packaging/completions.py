#!/usr/bin/env python3
"""completions.py TEITEN bash|zsh FILE: writes a shell's completion from what `teiten … --help` says."""
import pathlib
import re
import subprocess
import sys

# Where CLI11 begins descriptions.
DESCRIPTION_COLUMN = 30
OPTION = re.compile(r"^  (?P<names>-\S+)(?P<value> \S.*)?")
COMMAND = re.compile(r"^  (?P<name>[a-z][a-z0-9-]*)(?:\s|$)")
CHOICES = re.compile(r":\{(?P<words>[^}]*)\}")


class Command:
    """One command: its options {"--name": (takes a value, choices, description)} and the commands below it."""

    def __init__(self, program, words):
        self.words = words
        self.options = {}
        self.commands = {}
        done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True)
        section = ""
        lines = done.stdout.splitlines()
        for number, line in enumerate(lines):
            if re.match(r"^[A-Z][A-Za-z ]*:$", line):
                section = line
            elif section == "Subcommands:" and (found := COMMAND.match(line)):
                self.commands[found["name"]] = description_at(lines, number)
            elif section.endswith("ptions:") and (found := OPTION.match(line)):
                text = found["value"] if found["value"] and found.start("value") + 1 < DESCRIPTION_COLUMN else ""
                choices = CHOICES.search(text)
                for name in found["names"].split(","):
                    if name.startswith("--"):
                        self.options[name] = (bool(text), choices["words"].split(",") if choices else [],
                                              description_at(lines, number))
        self.below = [Command(program, [*words, name]) for name in self.commands]

    def all(self):
        yield self
        for command in self.below:
            yield from command.all()


def description_at(lines, number):
    """The description on this line, or on the next where names and value left no room."""
    line = lines[number]
    if len(line) > DESCRIPTION_COLUMN and line[DESCRIPTION_COLUMN - 1] == " ":
        return line[DESCRIPTION_COLUMN:].strip()
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return following.strip() if following.startswith(" " * DESCRIPTION_COLUMN) else ""


def bash(root):
    """The command is what precedes the cursor, without options and their values."""
    lines = ["# bash completion for teiten; made from teiten --help.", "_teiten() {",
             "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= i words= files=",
             "  COMPREPLY=()", "  for ((i = 1; i < COMP_CWORD; i++)); do",
             '    case "$command ${COMP_WORDS[i]}" in']
    names = [" " + " ".join(command.words) for command in root.all() if command.words]
    lines += [f"      {'|'.join(quoted(name) for name in names)}) command+=\" ${{COMP_WORDS[i]}}\" ;;", "    esac", "  done",
              '  case "$command:$previous" in']
    for command in root.all():
        path = " " + " ".join(command.words) if command.words else ""
        valued = [name for name, (value, choices, _) in command.options.items() if value and not choices]
        for name, (_, choices, _) in command.options.items():
            if choices:
                lines.append(f"    {quoted(path + ':' + name)}) COMPREPLY=($(compgen -W {quoted(' '.join(choices))} -- \"$word\")); return ;;")
        if valued:
            lines.append(f"    {'|'.join(quoted(path + ':' + name) for name in valued)}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;")
    lines += ["  esac", '  case "$command" in']
    for command in root.all():
        path = " " + " ".join(command.words) if command.words else ""
        words = list(command.options) if not command.commands else [*command.commands, *command.options]
        lines.append(f"    {quoted(path)}) words={quoted(' '.join(words))}{'' if command.commands else ' files=1'} ;;")
    lines += ["  esac", '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
              '  if [[ -n $files && $word != -* ]]; then COMPREPLY+=($(compgen -f -- "$word")); fi', "}",
              "complete -o filenames -F _teiten teiten", ""]
    return "\n".join(lines)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh(root):
    lines = ["#compdef teiten", "# zsh completion for teiten; made from teiten --help.", ""]
    for command in root.all():
        lines += [f"{function_of(command)}() {{", "  local context state state_descr line", "  typeset -A opt_args", "  _arguments -S \\"]
        for name, (value, choices, description) in command.options.items():
            action = ":value:(" + " ".join(choices) + ")" if choices else ":value:_files" if value else ""
            lines.append(f"    {quoted('*' + name + '[' + zsh_text(description) + ']' + action)} \\")
        if command.below:
            lines += ["    '1:command:->command' '*::argument:->argument'", "  case $state in", "    command)",
                      "      local -a commands=("]
            lines += [f"        {quoted(name + ':' + zsh_text(description))}" for name, description in command.commands.items()]
            lines += ["      )", "      _describe command commands ;;", "    argument)", "      case $words[1] in"]
            lines += [f"        {below.words[-1]}) {function_of(below)} ;;" for below in command.below]
            lines += ["      esac ;;", "  esac"]
        else:
            lines.append("    '*:file:_files'")
        lines += ["}", ""]
    lines += ['_teiten "$@"', ""]
    return "\n".join(lines)


def function_of(command):
    return "_".join(["_teiten", *command.words]).replace("-", "_")


def main():
    program, shell, path = sys.argv[1:]
    root = Command(program, [])
    if not root.commands:
        sys.exit(f"completions.py: {program} --help lists no commands")
    for command in root.all():
        if "--help" not in command.options:
            sys.exit(f"completions.py: cannot read the options in: {program} {' '.join(command.words)} --help")
    target = pathlib.Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text({"bash": bash, "zsh": zsh}[shell](root))
    target.chmod(0o644)


if __name__ == "__main__":
    main()
