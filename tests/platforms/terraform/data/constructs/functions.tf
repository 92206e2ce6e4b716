locals {
  numbers = [
    abs(-3), ceil(1.2), floor(-1.2), max(1, 3, 2), min(4, 2), pow(2, 10), parseint("ff", 16), signum(-4), sum([1, 2.5]), log(8, 2),
    1 / 3, 0.1 + 0.2, 1e3, 10 % 4,
  ]
  strings = [
    join("-", ["a", "b"]), split(",", "a,b,,c"), format("%s has %d of %.2f%% %v %q %05d|%-5s|%x", "x", 3, 1.5, [1], "q", 42, "l", 255),
    formatlist("%s=%s", ["a", "b"], "c"), replace("a.b.c", ".", "-"), replace("a1b22", "/[0-9]+/", "#"), lower("ÄB"), upper("äb"),
    title("hello world"), trim("xxaxx", "x"), trimprefix("ab", "a"), trimsuffix("ab", "b"), trimspace("  a \n"), substr("hello", 1, 3),
    substr("hello", -3, -1), length("héllo"), indent(2, "a\nb"), chomp("a\n\n"), strrev("abc"), startswith("abc", "ab"),
    endswith("abc", "bc"), strcontains("abc", "b"), regex("[a-z]+", "12ab34"), regex("(?P<y>\\d+)-(?P<m>\\d+)", "2024-05"),
    regexall("[0-9]", "a1b2"), templatestring(local.template, { name = "T" }), nonsensitive("plain"),
  ]
  template = "Dear $${name}"
  collections = [
    distinct(["a", "b", "a"]), index(["a", "b"], "b"), setintersection(["a", "b"], ["b", "c"]), setunion(["b"], ["a"]),
    setsubtract(["a", "b"], ["a"]), sort(["b", "a"]), chunklist([1, 2, 3], 2), alltrue([true, "true"]), anytrue([false, true]),
    contains(["a"], "a"), range(3), range(1, 8, 3), matchkeys(["x", "y"], ["a", "b"], ["b"]), transpose({ a = ["x"], b = ["x", "y"] }),
    one(["a"]), one([]), coalesce("", "b"), coalesce(null, 0, "c"), coalescelist([], ["a"]), compact(["a", "", null, "b"]),
    concat(["a"], [1], []), element(["a", "b"], 3), flatten([["a", ["b"]], [], "c"]), keys({ b = 1, a = 2 }), values({ b = 1, a = 2 }),
    length({ a = 1 }), lookup({ a = "x" }, "b", "y"), lookup({ a = "x" }, "a"), merge({ a = 1, b = 1 }, null, { b = 2 }),
    reverse([1, 2]), setproduct(["a", "b"], [1, 2]), slice(["a", "b", "c"], 1, 3), zipmap(["a", "b"], [1, 2]), toset(["b", "a", "b"]),
    tolist(toset(["x"])), tomap({ a = 1, b = "c" }),
  ]
  encodings = [
    jsonencode({ b = [1, "x<y", null, true], a = 0.5 }), jsondecode("{\"a\": [1, {\"b\": null}]}"), yamlencode({ a = [1, "x"], b = { c = true } }),
    yamldecode("a: [1, x, off, 017, 0b1, 1_0, 0o17]\nb: yes\nc: 0x10\nd: ~\ne: 2024-01-02\n"), base64encode("é"), base64decode("YWI="), base64sha256("a"), base64sha512("a"),
    urlencode("a b/c?d=é"), csvdecode("a,b\n1,2\n"), md5("a"), sha1("a"), sha256("a"), sha512("a"), textencodebase64("ab", "UTF-16LE"),
    textdecodebase64("YQBiAA==", "UTF-16LE"), uuidv5("dns", "example.com"), uuidv5("6ba7b811-9dad-11d1-80b4-00c04fd430c8", "x"),
  ]
  conversions = [
    tostring(1), tostring(true), tonumber("1.50"), tobool("true"), tolist(["a", 1]), tostring(null),
  ]
  times = [
    formatdate("DD MMM YYYY hh:mm ZZZ", "2024-02-29T10:30:00Z"), timeadd("2024-02-29T10:30:00Z", "36h"),
    timecmp("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"),
  ]
  networks = [
    cidrhost("10.0.0.0/16", 5), cidrhost("10.0.0.0/16", -2), cidrnetmask("10.1.0.0/20"), cidrsubnet("10.0.0.0/16", 8, 2),
    cidrsubnets("10.0.0.0/16", 4, 4, 8), cidrhost("fd00::/64", 10),
  ]
  files = [
    file("${path.module}/files/data.yaml"), filebase64("files/data.json"), fileexists("files/data.json"), fileexists("files/none"),
    filemd5("files/data.json"), filesha1("files/data.json"), filesha256("files/data.json"), filesha512("files/data.json"),
    filebase64sha256("files/data.json"), filebase64sha512("files/data.json"), jsondecode(file("files/data.json")),
    yamldecode(file("files/data.yaml")), csvdecode(file("files/table.csv")), basename("a/b.txt"), dirname("a/b.txt"),
    templatefile("${path.module}/files/greeting.tftpl", { name = "you", ports = [80, 81] }), templatefile("files/alone.tftpl", { list = [1, 2] }),
    fileset("files", "*.{yaml,json}"), fileset(path.module, "files/**"), fileset("files", "**/*.txt"), fileset("files", "d?t[a-b].*"),
    try(file("files/none"), "fallback"),
  ]
}
