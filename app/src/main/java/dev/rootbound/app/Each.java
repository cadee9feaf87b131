package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** One request for each of several names, at once; the answers are printed in the names' order. */
final class Each {
    /** Returns what to print. */
    interface Request {
        String send(String name) throws IOException;
    }

    private Each() {}

    /** {@link #of} containers: posts to each and prints its name. */
    static int container(Arguments arguments, Cli cli, Function<String, Target> target)
            throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        return of(
                arguments.rest(),
                cli,
                name -> {
                    engine.post(target.apply(name));
                    return name + "\n";
                });
    }

    /** Returns 1 if any failed; the others are done all the same. */
    static int of(List<String> names, Cli cli, Request request)
            throws IOException, InterruptedException {
        if (names.size() == 1) {
            cli.print(request.send(names.getFirst()));
            return 0;
        }
        int code = 0;
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (String name : names) {
                Callable<String> task = () -> request.send(name);
                answers.add(tasks.submit(task));
            }
            for (Future<String> answer : answers) code |= print(answer, cli);
        }
        return code;
    }

    private static int print(Future<String> answer, Cli cli)
            throws IOException, InterruptedException {
        try {
            cli.print(answer.get());
            return 0;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ApiException refused -> cli.complain(ExitCodes.sentence(refused));
                case IOException failed -> throw new IOException(failed.getMessage(), failed);
                case null, default -> throw new IllegalStateException(e);
            }
            return 1;
        }
    }
}
