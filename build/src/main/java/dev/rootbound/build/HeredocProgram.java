package dev.rootbound.build;

import dev.rootbound.dockerfile.Heredoc;
import java.util.List;

/** A heredoc of RUN that is a program of its own. */
final class HeredocProgram {
    /** Written where the kernel can run it, then run; its text is the last word. */
    private static final String START =
            "f=$(mktemp) && printf %s \"$1\" >\"$f\" && chmod 700 \"$f\" && { \"$f\"; c=$?; rm -f"
                    + " \"$f\"; exit $c; }";

    private HeredocProgram() {}

    static List<String> command(Heredoc program) {
        return List.of("/bin/sh", "-c", START, "sh", program.text());
    }
}
