package dev.rootbound.idmap;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The ids of the host's own users and groups, from the text of passwd(5) and group(5). */
public final class HostIds {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    private HostIds() {}

    /**
     * Every uid and gid that the two files name, also a user's primary group without an entry of
     * its own. What is not a line of these formats is passed over, as getpwent(3) does.
     */
    public static Set<Long> of(String passwd, String group) {
        var ids = new TreeSet<Long>();
        for (var line : passwd.split("\n", -1)) {
            addField(line, 2, ids);
            addField(line, 3, ids);
        }
        for (var line : group.split("\n", -1)) {
            addField(line, 2, ids);
        }
        return ids;
    }

    private static void addField(String line, int index, Set<Long> ids) {
        var fields = line.split(":", -1);
        if (fields.length > index && NUMBER.matcher(fields[index]).matches()) {
            ids.add(Long.parseLong(fields[index]));
        }
    }
}
