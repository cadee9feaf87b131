package dev.rootbound.app;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The executable: {@code rootbound [OPTIONS] COMMAND}. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    @SuppressWarnings("SystemExitOutsideMain") // it is main
    public static void main(String[] arguments) {
        // The descriptors themselves: containers' bytes pass without a character set.
        var in = new FileInputStream(FileDescriptor.in);
        var out =
                new BufferedOutputStream(
                        new StandardStream(FileDescriptor.out, "standard output"), 64 << 10);
        var err =
                new BufferedOutputStream(
                        new StandardStream(FileDescriptor.err, "standard error"), 8 << 10);
        String launcher = System.getProperty("rootbound.launcher");
        Path launcherPath = launcher == null ? null : Path.of(launcher);
        var cli =
                new Cli(
                        in,
                        out,
                        err,
                        System.getenv(),
                        Clock.systemUTC(),
                        null,
                        Map.of(),
                        launcherPath);
        System.exit(run(List.of(arguments), cli));
    }

    static int run(List<String> words, Cli cli) {
        try {
            return dispatch(words, cli);
        } catch (BrokenOutput e) {
            return e.isSilent() ? e.code() : failed(cli, e.getMessage(), e.code());
        } catch (CliException e) {
            return failed(cli, e.getMessage(), e.code());
        } catch (EngineGoneException e) {
            return failed(cli, e.getMessage(), ExitCodes.ENGINE);
        } catch (ApiException e) {
            return complain(cli, ExitCodes.sentence(e), 1);
        } catch (IOException | UncheckedIOException e) {
            return failed(cli, e.getMessage() == null ? e.toString() : e.getMessage(), 1);
        } catch (InterruptedException e) {
            return failed(cli, "interrupted", 130);
        }
    }

    private static int failed(Cli cli, @Nullable String message, int code) {
        return complain(cli, "rootbound: " + message, code);
    }

    private static int complain(Cli cli, String message, int code) {
        try {
            cli.complain(message);
        } catch (UncheckedIOException | BrokenOutput e) {
            // Nobody reads standard error; the code still tells.
        }
        return code;
    }

    private static int dispatch(List<String> words, Cli cli)
            throws IOException, InterruptedException {
        String host = null;
        var tls = new HashMap<String, String>();
        int at = 0;
        for (; at < words.size() && words.get(at).startsWith("-"); at++) {
            String word = words.get(at);
            if (word.equals("--help") || word.equals("-h")) break;
            if (word.equals("--version") || word.equals("-v")) {
                cli.println("Rootbound version " + Version.TEXT);
                return 0;
            }
            if (word.startsWith("--host=")) host = word.substring(7);
            else if (word.equals("--host") || word.equals("-H")) {
                if (++at == words.size())
                    throw new CliException(125, "flag needs an argument: " + word);
                host = words.get(at);
            } else if (word.startsWith("--tls")) at = tlsOption(words, at, tls);
            else throw new CliException(125, "unknown flag: " + word + "\nSee 'rootbound --help'.");
        }
        if (host != null || !tls.isEmpty())
            cli =
                    new Cli(
                            cli.in(),
                            cli.out(),
                            cli.err(),
                            cli.environment(),
                            cli.clock(),
                            host,
                            tls,
                            cli.launcher());
        return command(words.subList(at, words.size()), cli);
    }

    /** Docker's: {@code --tls[=BOOL]}, {@code --tlskey FILE}; where it ends. */
    private static int tlsOption(List<String> words, int at, Map<String, String> tls) {
        String word = words.get(at);
        int sign = word.indexOf('=');
        String name = word.substring(2, sign < 0 ? word.length() : sign);
        boolean flag = name.equals("tls") || name.equals("tlsverify");
        if (!flag && !List.of("tlscacert", "tlscert", "tlskey").contains(name))
            throw new CliException(125, "unknown flag: " + word + "\nSee 'rootbound --help'.");
        if (sign >= 0) tls.put(name, word.substring(sign + 1));
        else if (flag) tls.put(name, "true");
        else if (++at == words.size())
            throw new CliException(125, "flag needs an argument: " + word);
        else tls.put(name, words.get(at));
        return at;
    }

    private static int command(List<String> words, Cli cli)
            throws IOException, InterruptedException {
        if (words.isEmpty() || words.getFirst().startsWith("-") || words.equals(List.of("help"))) {
            cli.print(Commands.help());
            return 0;
        }
        if (words.getFirst().equals("help")) words = List.of(words.get(1), "--help");
        var found = Commands.find(words);
        if (found == null) throw UnbuiltCommands.refusal(words);
        var arguments = Arguments.parse(found.command().flags(), found.words());
        if (!arguments.help()) return found.command().run(arguments, cli);
        cli.print(arguments.flags().help());
        return 0;
    }
}
