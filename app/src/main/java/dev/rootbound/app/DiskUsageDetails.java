package dev.rootbound.app;

import java.util.ArrayList;
import java.util.List;

/** {@code rootbound system df -v}: each object with its size. */
final class DiskUsageDetails {
    private static final int SHORT_ID = 12;

    private DiskUsageDetails() {}

    static String text(Json usage, long now) {
        return "Images space usage:\n\n"
                + images(usage.get("Images").items(), now)
                + "\nContainers space usage:\n\n"
                + containers(usage.get("Containers").items(), now)
                + "\nLocal Volumes space usage:\n\n"
                + volumes(usage.get("Volumes").items())
                + "\n"
                + cache(usage.get("BuildCache").items(), now);
    }

    private static Table images(List<Json> images, long now) {
        var table =
                new Table(
                        List.of(
                                "REPOSITORY",
                                "TAG",
                                "IMAGE ID",
                                "CREATED",
                                "SIZE",
                                "SHARED SIZE",
                                "UNIQUE SIZE",
                                "CONTAINERS"));
        for (Json image : images) {
            List<String> names = image.texts("RepoTags");
            for (String name : names.isEmpty() ? List.of("<none>:<none>") : names)
                table.add(image(image, name, now));
        }
        return table;
    }

    private static List<String> image(Json image, String name, long now) {
        int colon = name.lastIndexOf(':');
        long shared = image.number("SharedSize");
        return List.of(
                name.substring(0, colon),
                name.substring(colon + 1),
                shortId(image.text("Id").replaceFirst("^sha256:", "")),
                Durations.human(now - image.number("Created")) + " ago",
                ByteSize.human(image.number("Size")),
                ByteSize.human(shared),
                ByteSize.human(image.number("Size") - shared),
                Long.toString(image.number("Containers")));
    }

    private static String shortId(String id) {
        return id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
    }

    private static Table containers(List<Json> containers, long now) {
        var table =
                new Table(
                        List.of(
                                "CONTAINER ID",
                                "IMAGE",
                                "COMMAND",
                                "LOCAL VOLUMES",
                                "SIZE",
                                "CREATED",
                                "STATUS",
                                "NAMES"));
        for (Json container : containers) {
            var names = new ArrayList<String>();
            for (String name : container.texts("Names")) names.add(name.replaceFirst("^/", ""));
            table.add(
                    List.of(
                            shortId(container.text("Id")),
                            container.text("Image"),
                            PsCommand.command(container.text("Command")),
                            "0",
                            ByteSize.human(container.number("SizeRw")),
                            Durations.human(now - container.number("Created")) + " ago",
                            container.text("Status"),
                            String.join(",", names)));
        }
        return table;
    }

    private static String cache(List<Json> entries, long now) {
        var table =
                new Table(
                        List.of(
                                "CACHE ID",
                                "CACHE TYPE",
                                "SIZE",
                                "CREATED",
                                "LAST USED",
                                "USAGE",
                                "SHARED"));
        long used = 0;
        for (Json entry : entries) {
            if (!entry.bool("Shared")) used += entry.number("Size");
            table.add(
                    List.of(
                            shortId(entry.text("ID")),
                            entry.text("Type"),
                            ByteSize.human(entry.number("Size")),
                            BuilderUsageCommand.since(entry.text("CreatedAt"), now),
                            BuilderUsageCommand.since(entry.text("LastUsedAt"), now),
                            Long.toString(entry.number("UsageCount")),
                            Boolean.toString(entry.bool("Shared"))));
        }
        return "Build cache usage: " + ByteSize.human(used) + "\n\n" + table;
    }

    private static Table volumes(List<Json> volumes) {
        var table = new Table(List.of("VOLUME NAME", "LINKS", "SIZE"));
        for (Json volume : volumes) {
            Json use = volume.get("UsageData");
            table.add(
                    List.of(
                            volume.text("Name"),
                            Long.toString(use.number("RefCount")),
                            ByteSize.human(use.number("Size"))));
        }
        return table;
    }
}
