package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.Add;
import dev.rootbound.dockerfile.Copy;
import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.FileOptions;
import dev.rootbound.dockerfile.Files;
import dev.rootbound.dockerfile.Heredoc;
import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.dockerfile.Origin;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds what COPY and ADD are about to copy. */
final class CopyReader {
    private final BuildJob job;
    private final String workingDir;

    /**
     * @param workingDir of relative destinations
     */
    CopyReader(BuildJob job, String workingDir) {
        this.job = job;
        this.workingDir = workingDir;
    }

    CopyStep read(Copy copy) throws IOException, InterruptedException, DockerfileException {
        var sources = new ArrayList<CopyStep.Source>();
        for (var source : copy.files().sources()) {
            var found = found(job.stages().origin(copy), source, "COPY");
            for (var each : found) sources.add(named(each, source, copy.keepsParents()));
        }
        sources.addAll(heredocs(copy.files().heredocs()));
        return step(copy.files(), copy.options(), sources, copy.keepsParents());
    }

    CopyStep read(Add add) throws IOException, InterruptedException {
        var sources = new ArrayList<CopyStep.Source>();
        var fetcher = new Fetcher("ADD", job.caller(), job.build(), job.place());
        boolean unpacked = false;
        for (var source : add.files().sources()) {
            var repository = fetcher.repository(source);
            if (repository != null) {
                boolean metadata = Boolean.TRUE.equals(add.keepsGitDirectory());
                var files =
                        job.own(
                                RemoteRepository.fetch(
                                        repository, add.checksum(), metadata, fetcher));
                sources.add(new CopyStep.Source("", files.root(), files));
                unpacked = true;
                continue;
            }
            if (RemoteFile.is(source)) {
                var file = job.own(RemoteFile.fetch(source, add.checksum(), fetcher));
                boolean unpacks = Boolean.TRUE.equals(add.unpacks());
                var name = file.root().children().firstEntry();
                var only = new Found(name.getKey(), name.getValue(), file);
                sources.add(unpacks ? unpacked(only) : named(only, source, false));
                unpacked |= unpacks;
                continue;
            }
            for (var each : found(new Origin.BuildContext(), source, "ADD")) {
                boolean archive =
                        !Boolean.FALSE.equals(add.unpacks())
                                && each.file.isRegular()
                                && Archives.is(each.files, each.file);
                sources.add(archive ? unpacked(each) : named(each, source, false));
                unpacked |= archive;
            }
        }
        sources.addAll(heredocs(add.files().heredocs()));
        return step(add.files(), add.options(), sources, unpacked);
    }

    /** The one file or directory that a path leads to. */
    Found file(Origin from, String path, String keyword) throws IOException, InterruptedException {
        return found(from, path, keyword).getFirst();
    }

    /** A file that was found, and whose it is. */
    record Found(String path, SourceFile file, SourceFiles files) {}

    private List<Found> found(Origin asked, String source, String keyword)
            throws IOException, InterruptedException {
        var from = job.contexts().resolved(asked);
        var path = InsidePath.bytes(source);
        boolean context = from instanceof Origin.BuildContext;
        var found =
                switch (from) {
                    case Origin.BuildContext() -> in(job.contexts().main(), path, "");
                    case Origin.NamedContext(var name) -> in(job.contexts().named(name), path, "");
                    case Origin.OfStage _, Origin.OfImage _, Origin.Scratch _ ->
                            inStage(from, path);
                };
        if (found.isEmpty()) {
            throw new EngineException.Invalid(
                    keyword
                            + " failed: "
                            + source
                            + (context
                                    ? ": file not found in build context or excluded by"
                                            + " .dockerignore"
                                    : ": file not found in " + shown(from)));
        }
        return found;
    }

    private static String shown(Origin from) {
        return switch (from) {
            case Origin.OfStage(int number) -> "stage " + number;
            case Origin.OfImage(var name) -> "image " + name;
            case Origin.NamedContext(var name) -> "context " + name;
            case Origin.Scratch() -> "scratch, which is empty";
            case Origin.BuildContext() -> "the build context";
        };
    }

    private static List<Found> in(SourceFiles files, String pattern, String above) {
        try {
            return new SourcePattern(pattern)
                    .in(files).stream()
                            .map(each -> new Found(above + each.path(), each.file(), files))
                            .toList();
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** All below the names that are no pattern. */
    private List<Found> inStage(Origin from, String path) throws IOException, InterruptedException {
        var pattern = new SourcePattern(path);
        var fixed = pattern.fixed();
        SourceFiles files;
        try {
            files = job.own(job.runner().files(job.files(from), fixed, job.place()));
        } catch (EngineException.NotFound e) {
            return List.of();
        }
        if (pattern.isPattern()) {
            return in(files, pattern.after(), fixed.isEmpty() ? "" : fixed + "/");
        }
        var root = files.root();
        boolean alone = !files.isDirectory();
        return List.of(
                new Found(fixed, alone ? root.children().firstEntry().getValue() : root, files));
    }

    private static CopyStep.Source named(Found found, String source, boolean keepsParents) {
        if (keepsParents) {
            int pivot = source.indexOf("/./");
            var above =
                    pivot < 0 ? "" : new SourcePattern(source.substring(0, pivot)).plain() + "/";
            var path =
                    found.path.startsWith(above)
                            ? found.path.substring(above.length())
                            : found.path;
            return new CopyStep.Source(path, found.file, found.files);
        }
        var name = found.path.substring(found.path.lastIndexOf('/') + 1);
        return new CopyStep.Source(found.file.isDirectory() ? "" : name, found.file, found.files);
    }

    /** Its files, as those of a directory. */
    private CopyStep.Source unpacked(Found found) throws IOException {
        try (var tar = Archives.open(found.files, found.file)) {
            var files =
                    job.own(
                            SourceFiles.read(
                                    tar, job.place(), "archive", UnaryOperator.identity()));
            return new CopyStep.Source("", files.root(), files);
        }
    }

    private List<CopyStep.Source> heredocs(List<Heredoc> heredocs) throws IOException {
        if (heredocs.isEmpty()) return List.of();
        var texts = new TreeMap<String, byte[]>();
        for (var heredoc : heredocs) {
            texts.put(InsidePath.bytes(heredoc.name()), heredoc.text().getBytes(UTF_8));
        }
        var files = job.own(SourceFiles.of(texts, job.place()));
        return files.root().children().entrySet().stream()
                .map(each -> new CopyStep.Source(each.getKey(), each.getValue(), files))
                .toList();
    }

    private CopyStep step(
            Files files, FileOptions options, List<CopyStep.Source> sources, boolean into)
            throws InterruptedException {
        var destination = files.destination();
        boolean directory =
                into
                        || sources.size() > 1
                        || destination.endsWith("/")
                        || destination.equals(".")
                        || destination.endsWith("/.")
                        || destination.equals("..")
                        || destination.endsWith("/..");
        var target = InsidePath.bytes(InsidePath.of(workingDir, destination));
        return new CopyStep(
                without(sources, options.excluded()),
                target,
                directory,
                owner(options.chown()),
                mode(options.chmod()));
    }

    private static List<CopyStep.Source> without(
            List<CopyStep.Source> sources, List<String> patterns) throws InterruptedException {
        if (patterns.isEmpty()) return sources;
        var ignore = Ignore.of(patterns);
        var kept = new ArrayList<CopyStep.Source>();
        for (var source : sources) {
            var file = source.file();
            if (!file.isDirectory() && excludes(ignore, source.name())) continue;
            var left = without(file, ignore.root());
            kept.add(new CopyStep.Source(source.name(), left, source.files()));
        }
        return kept;
    }

    private static boolean excludes(Ignore ignore, String path) {
        return ignore.excludes(new String(path.getBytes(ISO_8859_1), UTF_8));
    }

    private static SourceFile without(SourceFile file, Ignore.Match match)
            throws InterruptedException {
        if (!file.isDirectory()) return file;
        var kept = SourceFile.directory(file.entry());
        for (Map.Entry<String, SourceFile> child : file.children().entrySet()) {
            var below = SourceFiles.match(match, child.getKey());
            if (below.isExcluded()) continue;
            kept.children().put(child.getKey(), without(child.getValue(), below));
        }
        return kept;
    }

    /** A number alone is that of the group, too (Dockerfile reference, COPY --chown). */
    static String owner(@Nullable String chown) {
        if (chown == null || chown.isEmpty()) return "";
        return chown.chars().allMatch(Character::isDigit) ? chown + ":" + chown : chown;
    }

    private static @Nullable FileMode mode(@Nullable String chmod) {
        if (chmod == null || chmod.isEmpty()) return null;
        try {
            return FileMode.parse(chmod);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid("--chmod=" + chmod + ": " + e.getMessage(), e);
        }
    }
}
