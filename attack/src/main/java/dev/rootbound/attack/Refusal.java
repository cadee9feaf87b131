package dev.rootbound.attack;

import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** All ways of an attack, each with the error that ended it. */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient List<ErrnoException> errors;

    Refusal(List<ErrnoException> errors) {
        super(
                errors.stream()
                        .map(ErrnoException::getMessage)
                        .collect(Collectors.joining("; then ")));
        this.errors = List.copyOf(errors);
    }

    List<ErrnoException> errors() {
        return errors;
    }
}
