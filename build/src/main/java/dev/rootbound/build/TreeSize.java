package dev.rootbound.build;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How large a directory is that somebody else changes meanwhile; links are not followed. */
record TreeSize(long files, long bytes) {
    static TreeSize of(Path directory) throws IOException {
        var counter = new Counter();
        Files.walkFileTree(directory, counter);
        return new TreeSize(counter.files, counter.bytes);
    }

    private static final class Counter extends SimpleFileVisitor<Path> {
        private long files;
        private long bytes;

        @Override
        public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return visitFile(path, attributes);
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            files++;
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException gone) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path path, IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }
}
