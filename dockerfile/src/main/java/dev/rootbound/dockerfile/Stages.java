package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which stage, image or context each name of a Dockerfile means, and what a target needs. */
public final class Stages {
    private static final String SCRATCH = "scratch";

    private final List<Stage> stages;
    private final Set<String> contexts;
    private final List<From> froms = new ArrayList<>();
    private final List<Origin> bases = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, List<Instruction>> triggers = new HashMap<>();

    private Stages(List<Stage> stages, Set<String> contexts) {
        this.stages = stages;
        this.contexts = contexts.stream().map(Stages::familiar).collect(Collectors.toSet());
    }

    /**
     * Expands each FROM and finds what it means.
     *
     * @param globals what FROM sees
     * @param contexts names of contexts that the build is given; one replaces the stage or image of
     *     its name
     */
    public static Stages of(Dockerfile file, Variables globals, Set<String> contexts)
            throws DockerfileException {
        var found = new Stages(file.stages(), contexts);
        for (var stage : file.stages()) {
            var from = stage.from().expanded(globals);
            found.froms.add(from);
            var name = stage.name();
            found.bases.add(
                    name != null && found.contexts.contains(name)
                            ? new Origin.NamedContext(name)
                            : found.named(from.image()));
            if (name != null) found.numbers.put(name, stage.number());
        }
        return found;
    }

    /** A stage's FROM, expanded. */
    public From from(int stage) {
        return froms.get(stage);
    }

    /** What a stage is based on. */
    public Origin base(int stage) {
        return bases.get(stage);
    }

    /**
     * The stage of a name or number; the last one if none is asked for.
     *
     * @throws DockerfileException if there is none of that name
     */
    public int target(@Nullable String name) throws DockerfileException {
        if (name == null || name.isEmpty()) return stages.size() - 1;
        var number = numbers.get(Names.lower(name));
        if (number != null) return number;
        int index = index(name);
        if (index >= 0 && index < stages.size()) return index;
        throw stages.getFirst()
                .from()
                .source()
                .error("there is no stage " + name + Names.meant(name, numbers.keySet()));
    }

    /** What {@code COPY --from} means, in any stage. */
    public Origin origin(Copy copy) throws DockerfileException {
        if (copy.from() == null) return new Origin.BuildContext();
        int index = index(copy.from());
        if (index < 0) return named(copy.from());
        if (index >= stages.size())
            throw copy.source()
                    .error(
                            copy.from(),
                            "there is no stage " + index + ": stages are counted from 0");
        return new Origin.OfStage(index);
    }

    /** What {@code from=} of a mount means; a mount without it is of the build context. */
    public Origin origin(@Nullable String from) {
        return from == null || from.isEmpty() ? new Origin.BuildContext() : named(from);
    }

    private Origin named(String name) {
        var stage = numbers.get(Names.lower(name));
        if (stage != null) return new Origin.OfStage(stage);
        if (name.equals(SCRATCH)) return new Origin.Scratch();
        var familiar = familiar(name);
        return contexts.contains(familiar)
                ? new Origin.NamedContext(familiar)
                : new Origin.OfImage(name);
    }

    /** An image's name without what Docker adds to it: the name of the context in its place. */
    public static String familiar(String name) {
        var familiar = name;
        for (var prefix : List.of("docker.io/library/", "docker.io/"))
            if (familiar.startsWith(prefix)) familiar = familiar.substring(prefix.length());
        return familiar.endsWith(":latest")
                ? familiar.substring(0, familiar.length() - ":latest".length())
                : familiar;
    }

    private static int index(String name) {
        boolean digits =
                !name.isEmpty()
                        && name.length() < 10
                        && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(name) : -1;
    }

    /** What a stage runs first: triggers of the stage of this file that it is based on. */
    public List<Instruction> triggers(int stage) throws DockerfileException {
        return base(stage) instanceof Origin.OfStage(int base) ? onBuild(base) : List.of();
    }

    private List<Instruction> onBuild(int stage) throws DockerfileException {
        var known = triggers.get(stage);
        if (known != null) return known;
        var parsed = new ArrayList<Instruction>();
        for (var instruction : stages.get(stage).instructions())
            if (instruction instanceof OnBuild onBuild)
                parsed.add(Dockerfile.instruction(onBuild.trigger()));
        triggers.put(stage, parsed);
        return parsed;
    }

    /**
     * The stages that a target needs, and itself, in the order of the file, which is one that they
     * can be built in.
     *
     * @throws DockerfileException if one of them copies from itself or a later one
     */
    public List<Integer> needed(int target) throws DockerfileException {
        var needed = new TreeSet<Integer>();
        var open = new TreeSet<Integer>();
        var triggered = new HashMap<Integer, Integer>();
        open.add(target);
        // the last first: what it needs comes before it
        for (var stage = open.pollLast(); stage != null; stage = open.pollLast()) {
            needed.add(stage);
            if (base(stage) instanceof Origin.OfStage(int base)) {
                open.add(base);
                // triggers mean the same for all that are based on it, unless one comes too early
                var latest = triggered.get(base);
                if (latest == null || latest >= stage)
                    triggered.put(base, need(stage, onBuild(base), open));
            }
            if (!(base(stage) instanceof Origin.NamedContext))
                need(stage, stages.get(stage).instructions(), open);
        }
        return List.copyOf(needed);
    }

    /** Returns the latest stage that is needed, or -1. */
    private int need(int stage, List<Instruction> instructions, Set<Integer> open)
            throws DockerfileException {
        int latest = -1;
        for (var instruction : instructions) {
            switch (instruction) {
                case Copy copy ->
                        latest =
                                Math.max(
                                        latest, need(stage, copy, copy.from(), origin(copy), open));
                case Run run -> {
                    for (var mount : run.options().mounts()) {
                        var from = RunMount.from(mount);
                        latest = Math.max(latest, need(stage, run, from, origin(from), open));
                    }
                }
                default -> {}
            }
        }
        return latest;
    }

    private int need(
            int stage, Instruction by, @Nullable String name, Origin origin, Set<Integer> open)
            throws DockerfileException {
        if (!(origin instanceof Origin.OfStage(int number))) return -1;
        if (number >= stage) {
            var why =
                    number == stage
                            ? "a stage cannot copy from itself: "
                            : "only an earlier stage can be copied from, and this one is later: ";
            throw by.source().error(name == null ? "" : name, why + name);
        }
        open.add(number);
        return number;
    }
}
