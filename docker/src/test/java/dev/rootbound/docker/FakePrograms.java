package dev.rootbound.docker;

import dev.rootbound.engine.Engine.Stream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What fake processes do, by argv[0]. */
final class FakePrograms {
    static final Map<String, FakeProcess.Program> ALL =
            Map.of(
                    "true", (_, _) -> 0,
                    "exit", (_, args) -> Integer.parseInt(args.get(1)),
                    "cat", (self, _) -> cat(self),
                    "echo", (self, args) -> echo(self, args),
                    "both", (self, _) -> both(self),
                    "sleep", (_, _) -> sleep(),
                    "gush", (self, args) -> gush(self, Integer.parseInt(args.get(1))));

    private FakePrograms() {}

    private static int cat(FakeProcess self) throws IOException {
        var piece = new byte[8192];
        for (int count; (count = self.in().read(piece, 0, piece.length)) >= 0; ) {
            self.out(Stream.STDOUT, piece, count);
        }
        return 0;
    }

    private static int echo(FakeProcess self, List<String> args) throws IOException {
        self.out(String.join(" ", args.subList(1, args.size())) + "\n");
        return 0;
    }

    private static int both(FakeProcess self) throws IOException {
        self.out("out\n");
        self.out(Stream.STDERR, "err\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 4);
        return 0;
    }

    private static int sleep() throws InterruptedException {
        Thread.sleep(60_000);
        return 0;
    }

    /** Byte i of the output is i * 31. */
    private static int gush(FakeProcess self, int length) throws IOException {
        var piece = new byte[5000];
        for (int at = 0; at < length; ) {
            int count = Math.min(piece.length, length - at);
            for (int i = 0; i < count; i++) {
                piece[i] = (byte) ((at + i) * 31);
            }
            self.out(Stream.STDOUT, piece, count);
            at += count;
        }
        return 0;
    }
}
