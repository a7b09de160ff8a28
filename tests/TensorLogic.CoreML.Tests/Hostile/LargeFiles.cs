using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TensorLogic.Tests.CoreML.Hostile;

/// <summary>Broken and long files that are too large to be stored: made from the small ones beside <c>expected.json</c>.</summary>
internal static class LargeFiles
{
    private const int Deep = 100_000, Branch = 605, Megabyte = 1 << 20;

    private static readonly byte[] s_linear = Read("wire/ok-linear.mlmodel"), s_network = Read("wire/ok-nn.mlmodel"), s_program = Read("wire/ok-mlprogram-immediate.mlmodel"), s_tree = Read("classic/ok-tree-regressor.mlmodel");

    // float32 [2, 3] as a type of an ML Program
    private static readonly byte[] s_type = Field(1, [.. Integer(1, 11), .. Integer(2, 2), .. Field(3, Field(1, Integer(1, 2))), .. Field(3, Field(1, Integer(1, 3)))]);

    /// <summary>Writes a file or folder, named as in <c>expected.json</c>, under <paramref name="folder"/> and returns its path.</summary>
    public static string Write(string name, string folder)
    {
        string path = Path.Combine(folder, name);
        switch (Path.GetExtension(name))
        {
            case ".mlmodel": File.WriteAllBytes(path, Model(Path.GetFileNameWithoutExtension(name))); break;
            case ".mlpackage": WritePackage(path, Manifest(Path.GetFileNameWithoutExtension(name))); break;
            default: WriteCompiled(path, Path.GetFileNameWithoutExtension(name)); break;
        }
        return path;
    }

    private static byte[] Model(string name) => name switch
    {
        "unknown-groups-deep" => [.. s_linear, .. Repeat(Tag(901, 3), Deep), .. Repeat(Tag(901, 4), Deep)],
        "unknown-groups-open" => [.. s_linear, .. Repeat(Tag(901, 3), Deep)],
        "unknown-groups-1000" => [.. s_linear, .. Repeat(Tag(901, 3), 1000), .. Repeat(Tag(901, 4), 1000)],
        "unknown-messages-deep-ok" => [.. s_linear, .. Field(900, Nest([1], Deep))],
        "unknown-fields-million-ok" => [.. s_linear, .. Repeat([.. Tag(902, 0), 1], 1_000_000)],
        "pipeline-in-pipeline" => [.. Before(s_linear, 300), .. Nest([202, 1], Deep)],
        "pipeline-in-pipeline-1000" => [.. Before(s_linear, 300), .. Nest([202, 1], 1000)],
        "branch-in-branch" => [.. s_network, .. Field(500, Nest([1, Branch, 1], Deep))],
        "mil-tuple-types" => Program(inputs: Field(1, [.. Field(1, "q"u8), .. Field(2, Nest([3, 1], Deep))])),
        "mil-values-in-values" => Program(before: Field(3, [.. Field(1, "const"u8), .. Field(5, [.. Field(1, "val"u8), .. Field(2, Nest([3, 3, 1], Deep))])])),
        "mil-blocks-in-blocks" => Program(before: Nest([3, 4], Deep)),
        "layers-million" => [.. s_network, .. Field(500, Repeat([0x0a, 0], 1_000_000))],
        "tree-nodes-million" => [.. Read("wire/ok-tree.mlmodel"), .. Field(402, Field(1, Repeat([0x0a, 0], 1_000_000)))],
        "tree-chain" => [.. Before(s_tree, 302), .. Field(302, Field(1, [.. TreeChain(50_000), .. Integer(2, 1), .. Double(3, 0)]))],
        "network-chain-ok" => [.. s_network, .. Field(500, Joined(Enumerable.Range(0, 10_000).Select(Activation)))],
        "mil-chain-ok" => Program(operations: Chain(10_000)),
        _ => throw new ArgumentException($"Nothing makes '{name}'.", nameof(name)),
    };

    private static string Manifest(string name) => name switch
    {
        "manifest-arrays-deep" => new('[', Deep),
        "manifest-objects-deep" => Manifest("", $", \"x\": {Repeat("{\"a\":", Deep)}1{new string('}', Deep)}"),
        "manifest-string-16m" => Manifest("", $", \"x\": \"{new string('a', 16 * Megabyte)}\""),
        "manifest-entries-50000" => Manifest(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"\"{i}\": {{\"author\": \"a\", \"description\": \"d\", \"name\": \"n{i}\", \"path\": \"com.apple.CoreML/model.mlmodel\"}}, ")), ""),
        _ => throw new ArgumentException($"Nothing makes '{name}'.", nameof(name)),
    };

    private static string Manifest(string entries, string extra)
    {
        const string id = "C2C6E9B6-8D1A-4B3D-9A0B-000000000001";
        return "{\"fileFormatVersion\": \"1.0.0\", \"itemInfoEntries\": {" + entries + "\"" + id
            + "\": {\"author\": \"com.apple.CoreML\", \"description\": \"d\", \"name\": \"model.mlmodel\", \"path\": \"com.apple.CoreML/model.mlmodel\"}}, \"rootModelIdentifier\": \"" + id + "\"" + extra + "}";
    }

    private static void WritePackage(string path, string manifest)
    {
        Directory.CreateDirectory(Path.Combine(path, "Data", "com.apple.CoreML"));
        File.WriteAllText(Path.Combine(path, "Manifest.json"), manifest);
        File.WriteAllBytes(Path.Combine(path, "Data", "com.apple.CoreML", "model.mlmodel"), s_program);
    }

    private static void WriteCompiled(string path, string name)
    {
        bool isProgram = name.StartsWith("mil-", StringComparison.Ordinal);
        string source = TestData.Path("coreml-malformed", "mlmodelc", isProgram ? "mil-ok.mlmodelc" : "nn-ok.mlmodelc");
        Directory.CreateDirectory(path);
        foreach (string file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(path, Path.GetFileName(file)), overwrite: true);
        string changed = Path.Combine(path, isProgram ? "model.mil" : "model.espresso.net"), text = File.ReadAllText(changed);
        File.WriteAllText(changed, name switch
        {
            "mil-list-types" => Replaced(text, "tensor<fp32, [2, 3]> y", $"{Repeat("list<", Deep)}tensor<fp32, [2, 3]>{Repeat(", 1>", Deep)} y"),
            "mil-brackets" => Replaced(text, "x = x", $"x = {new string('(', Deep)}x{new string(')', Deep)}"),
            "mil-literal-arrays" => Replaced(text, "(\"y\")", $"({new string('[', Deep)}\"y\"{new string(']', Deep)})"),
            "mil-braces-open" => Replaced(text, "{\n", new string('{', Deep)),
            "mil-identifier-1m" => Replaced(text, " y = relu", $" {new string('y', Megabyte)} = relu"),
            "mil-number-1m-digits" => Replaced(text, "[2, 3]> x", $"[2, {new string('9', Megabyte)}]> x"),
            "mil-string-open-1m" => Replaced(text, "(\"y\")", $"(\"{new string('y', Megabyte)}"),
            "net-arrays-deep" => $"{{\"layers\":{new string('[', Deep)}{new string(']', Deep)}}}",
            _ => throw new ArgumentException($"Nothing makes '{name}'.", nameof(name)),
        });
    }

    private static string Replaced(string text, string old, string with)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        return at < 0 ? throw new ArgumentException($"The text has no '{old}'.", nameof(old)) : text[..at] + with + text[(at + old.Length)..];
    }

    /// <summary>x [2, 3] → y [2, 3]: a relu, or other operations, with more inputs or something before.</summary>
    private static byte[] Program(byte[]? inputs = null, byte[]? operations = null, byte[]? before = null)
    {
        byte[] block = [.. Field(2, "y"u8), .. before ?? [], .. operations ?? Operation("relu", "x", "y")];
        byte[] function = [.. Field(1, [.. Field(1, "x"u8), .. Field(2, s_type)]), .. inputs ?? [], .. Field(2, "CoreML7"u8), .. Field(3, [.. Field(1, "CoreML7"u8), .. Field(2, block)])];
        return [.. Before(s_program, 502), .. Field(502, [.. Integer(1, 1), .. Field(2, [.. Field(1, "main"u8), .. Field(2, function)])])];
    }

    private static byte[] Operation(string kind, string source, string result) => Field(3, [.. Field(1, Encoding.UTF8.GetBytes(kind)),
        .. Field(2, [.. Field(1, "x"u8), .. Field(2, Field(1, Field(1, Encoding.UTF8.GetBytes(source))))]), .. Field(3, [.. Field(1, Encoding.UTF8.GetBytes(result)), .. Field(2, s_type)])]);

    private static byte[] Chain(int length)
    {
        string[] names = ["x", .. Enumerable.Range(1, length - 1).Select(i => $"v{i}"), "y"];
        return Joined(Enumerable.Range(0, length).Select(i => Operation(i % 2 == 1 ? "relu" : "abs", names[i], names[i + 1])));
    }

    private static byte[] Activation(int i) => Field(1, [.. Field(1, Encoding.UTF8.GetBytes($"l{i}")), .. Field(2, Encoding.UTF8.GetBytes(i > 0 ? $"z{i - 1}" : "y")), .. Field(3, Encoding.UTF8.GetBytes($"z{i}")), .. Field(130, Field(10, []))]);

    // Node 2i has the leaf 2i + 1 and the node 2i + 2 below it; the last is a leaf.
    private static byte[] TreeChain(int depth)
    {
        return Joined(Enumerable.Range(0, depth).Select(i => (byte[])[.. Field(1, [.. Integer(2, 2 * i), .. Double(11, i), .. Integer(12, 2 * i + 1), .. Integer(13, 2 * i + 2)]), .. Leaf(2 * i + 1)]).Append(Leaf(2 * depth)));

        static byte[] Leaf(int i) => Field(1, [.. Integer(2, i), .. Integer(3, 6), .. Field(20, Double(2, 1))]);
    }

    /// <summary>A chain of messages in messages, outermost first, <paramref name="depth"/> times.</summary>
    private static byte[] Nest(int[] fields, int depth)
    {
        List<byte[]> heads = [];
        int length = 0;
        for (int i = 0; i < depth; i++)
            foreach (int field in fields.Reverse())
            {
                byte[] head = [.. Tag(field, 2), .. Varint((ulong)length)];
                heads.Add(head);
                length += head.Length;
            }
        heads.Reverse();
        return Joined(heads);
    }

    private static byte[] Before(byte[] model, int field) => model[..model.AsSpan().IndexOf(Tag(field, 2))];

    private static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Tag(number, 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Integer(int number, long value) => [.. Tag(number, 0), .. Varint((ulong)value)];

    private static byte[] Double(int number, double value)
    {
        byte[] bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return [.. Tag(number, 1), .. bytes];
    }

    private static byte[] Tag(int field, int wire) => Varint((ulong)field << 3 | (uint)wire);

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Repeat(byte[] part, int count) => Joined(Enumerable.Repeat(part, count));

    private static string Repeat(string part, int count) => new StringBuilder(part.Length * count).Insert(0, part, count).ToString();

    private static byte[] Joined(IEnumerable<byte[]> parts)
    {
        ArrayBufferWriter<byte> all = new();
        foreach (byte[] part in parts) all.Write(part);
        return all.WrittenSpan.ToArray();
    }

    private static byte[] Read(string name) => File.ReadAllBytes(TestData.Path("coreml-malformed", name));
}
