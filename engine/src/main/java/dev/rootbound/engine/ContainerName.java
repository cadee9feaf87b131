package dev.rootbound.engine;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Containers' names: Docker's rule for those that are given, two words for those that are not. */
final class ContainerName {
    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    private static final List<String> HOW =
            List.of(
                    "airy", "ample", "bold", "brisk", "calm", "candid", "clear", "deft", "dewy",
                    "eager", "early", "fair", "fleet", "fond", "fresh", "gentle", "glad", "golden",
                    "hardy", "hazel", "honest", "jolly", "keen", "kind", "light", "lively", "loyal",
                    "lucid", "merry", "mild", "mossy", "neat", "nimble", "noble", "patient",
                    "placid", "plain", "plucky", "proud", "quick", "quiet", "rapid", "rosy",
                    "serene", "sharp", "silver", "sleek", "snug", "steady", "sunny", "sure",
                    "sweet", "swift", "tender", "tidy", "trim", "trusty", "vivid", "warm", "wise",
                    "witty", "young");
    private static final List<String> WHAT =
            List.of(
                    "acacia",
                    "alder",
                    "apple",
                    "ash",
                    "aspen",
                    "bamboo",
                    "banyan",
                    "baobab",
                    "beech",
                    "birch",
                    "bonsai",
                    "box",
                    "cedar",
                    "cherry",
                    "chestnut",
                    "cypress",
                    "dogwood",
                    "elder",
                    "elm",
                    "fern",
                    "fig",
                    "fir",
                    "gingko",
                    "hazelnut",
                    "heather",
                    "hemlock",
                    "hickory",
                    "holly",
                    "hornbeam",
                    "ivy",
                    "jasmine",
                    "juniper",
                    "larch",
                    "laurel",
                    "lilac",
                    "linden",
                    "magnolia",
                    "mallow",
                    "maple",
                    "medlar",
                    "mulberry",
                    "myrtle",
                    "oak",
                    "olive",
                    "osier",
                    "palm",
                    "pear",
                    "pine",
                    "plum",
                    "poplar",
                    "quince",
                    "redwood",
                    "rowan",
                    "sequoia",
                    "sorrel",
                    "spruce",
                    "sumac",
                    "sycamore",
                    "tamarind",
                    "teak",
                    "thistle",
                    "walnut",
                    "willow",
                    "yew");

    private ContainerName() {}

    /** Docker's words for a name that is none. */
    static String checked(String name) {
        var bare = name.startsWith("/") ? name.substring(1) : name;
        if (!VALID.matcher(bare).matches()) {
            throw new EngineException.Invalid(
                    "Invalid container name ("
                            + name
                            + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }
        return bare;
    }

    /** Two words that are not taken; with a number when luck runs out. */
    static String free(RandomGenerator random, Predicate<String> taken) {
        for (int attempt = 0; ; attempt++) {
            var name =
                    HOW.get(random.nextInt(HOW.size()))
                            + "_"
                            + WHAT.get(random.nextInt(WHAT.size()))
                            + (attempt < 4
                                    ? ""
                                    : Integer.toString(
                                            random.nextInt(10 << Math.min(16, attempt))));
            if (!taken.test(name)) {
                return name;
            }
        }
    }
}
