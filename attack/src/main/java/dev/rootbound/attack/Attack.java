package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One escape. What it does is harmless where it succeeds: it writes back what it has just read,
 * reads canaries, opens and goes no further, or asks in a form that nothing but the permission to
 * do so is told of.
 *
 * @param name for programs: {@code raw-disk}
 * @param tries what it is, in the words of a table's line
 * @param why why the kernel refuses it, with the source
 * @param guard what refuses it
 * @param refusals the errors that say so; any other shows nothing
 */
public record Attack(
        String name,
        String tries,
        String why,
        Guard guard,
        Set<Integer> refusals,
        Need need,
        Step step) {

    /** What stands in its way. */
    public enum Guard {
        /** The kernel's own permission checks: whatever the container was given. */
        KERNEL,
        /** The system call filter alone: it makes the kernel's surface smaller. */
        FILTER
    }

    /** What is on the host if there is anything to be attacked. */
    interface Need {
        /** A sentence if it is not. */
        Optional<String> missing(Actor host) throws IOException;
    }

    /** What it does, in a child of the agent that ends afterwards; returns what it has reached. */
    interface Step {
        String run(Scene scene) throws IOException;
    }

    private static final Need NOTHING = _ -> Optional.empty();

    static Attack onKernel(String name, String tries, String why, Step step) {
        var usual = Set.of(Errno.EPERM, Errno.EACCES, Errno.EROFS);
        return new Attack(name, tries, why, Guard.KERNEL, usual, NOTHING, step);
    }

    static Attack onFilter(String name, String tries, String why, Step step) {
        var usual = Set.of(Errno.EPERM, Errno.EACCES, Errno.ENOSYS);
        return new Attack(name, tries, why, Guard.FILTER, usual, NOTHING, step);
    }

    /** Where these errors, too, say that it is refused. */
    Attack orRefusedBy(Integer... errors) {
        var all = new HashSet<>(refusals);
        all.addAll(List.of(errors));
        return new Attack(name, tries, why, guard, Set.copyOf(all), need, step);
    }

    /** That needs a file on the host, of /proc for instance. */
    Attack needing(String path) {
        return needing(host ->
                host.exists(path) ? Optional.empty() : Optional.of("this host has no " + path));
    }

    Attack needing(Need what) {
        return new Attack(name, tries, why, guard, refusals, what, step);
    }

    /** One of several ways. */
    interface Way extends Agent.Step<String> {}

    /** Each way until one succeeds. */
    static String anyOf(Way... ways) throws IOException {
        var errors = new ArrayList<ErrnoException>();
        for (var way : ways) {
            try {
                return way.run();
            } catch (ErrnoException e) {
                errors.add(e);
            } catch (Refusal e) {
                errors.addAll(e.errors());
            }
        }
        throw new Refusal(errors);
    }

    /** Tries it. */
    Outcome run(Scene scene) throws IOException {
        var missing = need.missing(scene.host());
        if (missing.isPresent()) return new Outcome(this, Verdict.ABSENT, missing.get());
        try {
            return new Outcome(
                    this, Verdict.SUCCEEDED, scene.twin().inChild(() -> step.run(scene)));
        } catch (ErrnoException e) {
            return new Outcome(this, ended(e), String.valueOf(e.getMessage()));
        } catch (Refusal e) {
            var errors = e.errors().toArray(ErrnoException[]::new);
            return new Outcome(this, ended(errors), String.valueOf(e.getMessage()));
        } catch (Harmless e) {
            return new Outcome(this, Verdict.REFUSED, String.valueOf(e.getMessage()));
        } catch (NotThereException | Agent.EndedException e) {
            return new Outcome(this, Verdict.NOT_TRIED, String.valueOf(e.getMessage()));
        }
    }

    /** What these errors, one of each of its ways, say. */
    Verdict ended(ErrnoException... errors) {
        boolean all = errors.length > 0;
        for (var error : errors) {
            all &= refusals.contains(error.errno());
        }
        return all ? Verdict.REFUSED : Verdict.NOT_TRIED;
    }
}
