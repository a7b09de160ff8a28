using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.Tool.Commands;

public sealed class InfoCommandTests
{
    private static readonly FakeModel Classifier = new()
    {
        Metadata = new()
        {
            Format = new("Fake"),
            Name = "model.fake",
            Kind = "mlProgram",
            SpecificationVersion = 7,
            MinimumOS = "iOS 16, macOS 13",
            WeightBytes = new Dictionary<Quantization, long> { [new("F16")] = 3000, [new("Int32")] = 1000 },
            TensorCount = 4,
            ParameterCount = 1750,
            Operations = new Dictionary<string, int> { ["relu"] = 2, ["conv"] = 4 },
            UserDefined = new Dictionary<string, object> { ["note"] = "red\u001b[31m", ["sizes"] = new List<object> { 1L, 2L } },
        },
        Inputs = [new() { Name = "image", Type = new ImageFeatureType(28, 14, ColorLayout.Grayscale), IsOptional = true }],
        Outputs = [new() { Name = "scores", Type = new TensorFeatureType(new(ElementType.Float16, [Dimension.Named("batch"), 10])) }],
        Functions = ["classify", "features"],
        Text = "%y: f16[1] = relu(x=%x)",
    };

    private static Outcome Describe(FakeModel model, params string[] options)
    {
        using TemporaryFolder folder = new();
        return Tl.Run(new FakeLoader(model), ["info", FakeLoader.File(folder), .. options]);
    }

    [Test]
    public void Format_quantization_and_breakdown_are_shown()
    {
        string[] lines = Describe(Classifier).Lines;

        Assert.That(lines, Has.Member("Format            Fake"));
        Assert.That(lines, Has.Member("Quantization      F16: F16 75.0 % (2.9 KiB), Int32 25.0 % (1000 B)"));
    }

    [Test]
    public void Inputs_outputs_and_functions_are_shown()
    {
        Outcome outcome = Describe(Classifier);

        Assert.That(outcome.Output, Does.Contain("image 28x14 Grayscale (optional)").And.Contain("f16[batch, 10]").And.Contain("classify (default), features"));
    }

    [Test]
    public void Operations_are_a_histogram_with_the_most_frequent_first()
    {
        string[] lines = Describe(Classifier).Lines;

        int heading = Array.IndexOf(lines, "Operations (6)");
        Assert.That(lines[heading + 1], Does.Match("^  conv +4 +█+$"));
        Assert.That(lines[heading + 2].Count(c => c == '█'), Is.EqualTo(lines[heading + 1].Count(c => c == '█') / 2));
    }

    [Test]
    public void Escape_sequences_of_a_file_do_not_reach_the_terminal()
    {
        Outcome outcome = Describe(Classifier);

        Assert.That(outcome.Output, Does.Contain(@"red\u001b[31m").And.Not.Contain("\u001b"));
    }

    [Test]
    public void Operations_are_printed_as_text_on_request() =>
        Assert.That(Describe(Classifier, "--ops").Output, Does.EndWith("\n%y: f16[1] = relu(x=%x)\n"));

    [Test]
    public void Json_has_the_description_as_data()
    {
        JsonElement json = Describe(Classifier, "--json").Json;

        Assert.That(json.GetProperty("quantization").GetString(), Is.EqualTo("F16"));
        Assert.That(json.GetProperty("weight_bytes").GetProperty("F16").GetInt64(), Is.EqualTo(3000));
        Assert.That(json.GetProperty("operations").GetProperty("conv").GetInt32(), Is.EqualTo(4));
        Assert.That(json.GetProperty("inputs")[0].GetProperty("width").GetInt32(), Is.EqualTo(28));
        Assert.That(json.GetProperty("outputs")[0].GetProperty("shape").EnumerateArray().Select(size => size.ToString()), Is.EqualTo(new[] { "batch", "10" }));
        Assert.That(json.GetProperty("user_defined").GetProperty("sizes").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public void Json_lists_every_tensor_of_a_SafeTensors_file()
    {
        JsonElement json = Tl.Run("info", TestData.Path("digits", "digits.safetensors"), "--json").Json;

        Assert.That(json.GetProperty("format").GetString(), Is.EqualTo("SafeTensors"));
        Assert.That(json.GetProperty("tensors").GetArrayLength(), Is.EqualTo(23));
        Assert.That(json.GetProperty("tensors").EnumerateArray().Single(tensor => tensor.GetProperty("name").GetString() == "conv3.weight").GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()),
            Is.EqualTo(new[] { 64, 32, 3, 3 }));
    }

    [Test]
    public void The_size_of_a_split_set_is_that_of_all_its_files()
    {
        string[] parts = Directory.GetFiles(TestData.Path("gguf", "valid"), "split-0000?-of-00003.gguf");

        long size = Tl.Run("info", parts[1], "--json").Json.GetProperty("file_bytes").GetInt64();

        Assert.That(parts, Has.Length.EqualTo(3));
        Assert.That(size, Is.EqualTo(parts.Sum(part => new FileInfo(part).Length)));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need rights that an ordinary user has not.")]
    public void The_size_of_a_set_of_links_is_that_of_the_files_they_point_at()
    {
        string[] parts = Directory.GetFiles(TestData.Path("gguf", "valid"), "split-0000?-of-00003.gguf");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.Path("blobs"));
        Directory.CreateDirectory(folder.Path("snapshot"));
        foreach (string part in parts)
        {
            string name = Path.GetFileName(part);
            File.Copy(part, folder.Path("blobs", name));
            File.CreateSymbolicLink(folder.Path("snapshot", name), folder.Path("blobs", name));
        }

        long size = Tl.Run("info", folder.Path("snapshot", Path.GetFileName(parts[0])), "--json").Json.GetProperty("file_bytes").GetInt64();

        Assert.That(size, Is.EqualTo(parts.Sum(part => new FileInfo(part).Length)));
    }

    [Test]
    public void The_size_of_a_sharded_set_is_that_of_its_index_and_all_its_files()
    {
        string index = TestData.Path("safetensors", "valid", "model.safetensors.index.json");
        string[] shards = [.. JsonDocument.Parse(File.ReadAllText(index)).RootElement.GetProperty("weight_map").EnumerateObject().Select(pair => pair.Value.GetString()!).Distinct()];

        long size = Tl.Run("info", index, "--json").Json.GetProperty("file_bytes").GetInt64();

        Assert.That(shards, Has.Length.GreaterThan(1));
        Assert.That(size, Is.EqualTo(shards.Select(shard => Path.Combine(Path.GetDirectoryName(index)!, shard)).Append(index).Sum(file => new FileInfo(file).Length)));
    }

    [Test]
    public void A_Core_AI_model_is_named_with_a_remedy()
    {
        using TemporaryFolder folder = new();
        string file = folder.Path("model.aimodel"), package = folder.Path("package.aimodel");
        File.WriteAllBytes(file, new byte[64]);
        Directory.CreateDirectory(package);

        foreach (string path in new[] { file, package })
        {
            Outcome outcome = Tl.Run("info", path);
            Assert.That(outcome.ExitCode, Is.EqualTo(1));
            Assert.That(outcome.Error, Does.Contain("Core AI").And.Contain(".mlpackage"));
        }
    }

    [Test]
    public void Every_file_of_the_test_data_and_examples_is_answered_within_two_seconds()
    {
        using (Assert.EnterMultipleScope())
            foreach (string path in Candidates())
            {
                long started = Stopwatch.GetTimestamp();
                Outcome outcome = Tl.Run("info", path);
                Assert.That(Stopwatch.GetElapsedTime(started).TotalSeconds, Is.LessThan(2), path);
                Assert.That(outcome.ExitCode, Is.Zero.Or.EqualTo(1), path);
                Assert.That(outcome.Error.Length > 0, Is.EqualTo(outcome.ExitCode != 0), path);
                Assert.That(outcome.Error, Does.Not.StartWith("This is a defect"), path);
            }
    }

    private static IEnumerable<string> Candidates() =>
        new[] { TestData.Path(), TestData.Example() }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}") && !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"));
}
