package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code rootbound adopt}: for a user, takes over what its containers left in its directories; for
 * root, gives files of the host's to root's containers.
 */
final class AdoptCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "adopt PATH [PATH...]",
                        """
                        Take over what your containers left below a path

                        Files of your subordinate ids become yours. As root: files of root, and of ids that
                        are no user's or group's of this host, become those of the same ids in root's containers;
                        users' files stay theirs. Symbolic links are not followed.\
                        """)
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var ids = OwnIds.read();
        int code = 0;
        for (String word : arguments.rest()) {
            var path = Path.of(word).toAbsolutePath().normalize();
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                throw new CliException(1, "adopt: there is no " + path);
            if (ids.uid() == 0) cli.println(Adoption.of(ids).adopt(path).text(path));
            else code = Math.max(code, ids.run(chown(path)));
        }
        return code;
    }

    /** In the user's own namespace, root can give away what is the user's alone. */
    private static List<String> chown(Path path) {
        return List.of("chown", "-hR", "0:0", path.toString());
    }
}
