using System.Security.Cryptography;
using System.Text.Json;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>Files that the reference reader accepts, against what it reports about them.</summary>
public sealed class ValidFilesTests
{
    private static IEnumerable<TestCaseData> Files => SafeTensorsSamples.Cases("valid");

    [TestCaseSource(nameof(Files))]
    public void Tensors_have_the_recorded_types_shapes_and_offsets(JsonElement expected)
    {
        SafeTensorsHeader header = Read(expected);

        Assert.That(header.Tensors.Select(entry => $"{entry.Name} {entry.Dtype} [{string.Join(",", entry.Dimensions)}] {entry.Start}-{entry.End}"),
            Is.EquivalentTo(Recorded(expected).Select(tensor =>
                $"{Name(tensor)} {tensor.GetProperty("dtype")} {tensor.GetProperty("shape").GetRawText()} {tensor.GetProperty("data_offsets")[0]}-{tensor.GetProperty("data_offsets")[1]}")));
    }

    [TestCaseSource(nameof(Files))]
    public void The_data_start_behind_the_recorded_header(JsonElement expected)
    {
        Assert.That(Read(expected).DataStart, Is.EqualTo(8 + expected.GetProperty("header_length").GetInt64()));
    }

    [TestCaseSource(nameof(Files))]
    public void Metadata_is_the_recorded_one(JsonElement expected)
    {
        JsonElement metadata = expected.GetProperty("metadata");
        Dictionary<string, string>? pairs = metadata.ValueKind == JsonValueKind.Null
            ? null
            : metadata.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);

        Assert.That(Read(expected).Metadata, pairs is null ? Is.Null : Is.EquivalentTo(pairs));
    }

    [TestCaseSource(nameof(Files))]
    public void Tensors_hold_the_recorded_bytes(JsonElement expected)
    {
        using IModel model = SafeTensorsFile.Open(Path(expected));

        Assert.That(model.Tensors.Values.Select(tensor => (tensor.Name, Sha256(tensor))),
            Is.EquivalentTo(Recorded(expected).Select(tensor => (Name(tensor), tensor.GetProperty("sha256").GetString()))));
    }

    [TestCaseSource(nameof(Files))]
    public void The_runtime_recognises_the_file_by_its_content(JsonElement expected)
    {
        using TemporaryFolder folder = new();
        string renamed = folder.Write("model.bin", File.ReadAllBytes(Path(expected)));
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(renamed);

        Assert.That(model.Metadata.Format, Is.EqualTo(ModelFormat.SafeTensors));
    }

    [TestCaseSource(nameof(Files))]
    public void Tensors_are_listed_by_name(JsonElement expected)
    {
        using IModel model = SafeTensorsFile.Open(Path(expected));

        Assert.That(model.Tensors.Keys, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
    }

    [Test]
    public void Every_element_type_of_the_reference_is_known_with_its_size()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SafeTensorsSamples.Valid("expected.json")));
        var recorded = document.RootElement.GetProperty("bits_per_element").EnumerateObject().Select(type => (type.Name, type.Value.GetInt32()));

        Assert.That(SafeTensorsDtype.All.Select(dtype => (dtype.Name, dtype.ElementType.Bits)), Is.EqualTo(recorded));
    }

    [Test]
    public void Names_that_differ_only_by_normalisation_are_two_tensors()
    {
        using IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("unicode-names.safetensors"));

        Assert.That(model.Tensors.Keys, Is.SupersetOf(new[] { "caf\u00e9", "cafe\u0301" }));
    }

    private static SafeTensorsHeader Read(JsonElement expected) => SafeTensorsSamples.Read(File.ReadAllBytes(Path(expected)));

    private static string Path(JsonElement expected) => SafeTensorsSamples.Valid(expected.GetProperty("file").GetString()!);

    private static JsonElement.ArrayEnumerator Recorded(JsonElement expected) => expected.GetProperty("tensors").EnumerateArray();

    private static string Name(JsonElement tensor) => tensor.GetProperty("name").GetString()!;

    private static string Sha256(ModelTensor tensor)
    {
        using Tensor values = tensor.Read();
        return Convert.ToHexStringLower(SHA256.HashData(values.AsBytes()));
    }
}
