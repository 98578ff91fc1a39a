"""Shell completion of `--option=value`, which shells pass on in one word or in three."""

from __future__ import annotations

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

SHELLS = ("bash", "fish", "zsh")


class _JoinedOptions(ShellComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the completions of *incomplete*; those of `--area=n` begin with `--area=`, as the word does."""
        # Bash makes three words of it.
        items = super().get_completions(args[:-1] if args[-1:] == ["="] else args, incomplete)
        option, joined, _ = incomplete.partition("=")
        if joined and option.startswith("--"):
            for item in items:
                item.value = f"{option}={item.value}"
        return items


def register() -> None:
    """Replace click's classes for the shells."""
    for shell in SHELLS:
        if base := get_completion_class(shell):
            add_completion_class(type(base.__name__, (_JoinedOptions, base), {}), shell)
