using System.IO.Compression;
using System.Text.Json.Nodes;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Tool.Verification;

/// <summary>Writes recorded cases around a fake model with the output <c>y</c>.</summary>
internal sealed class CaseBuilder(TemporaryFolder folder)
{
    private int _count;

    public string Root { get; } = folder.Path("cases");

    /// <summary>Adds a case that expects a tensor.</summary>
    /// <param name="expected">The recorded elements of <c>y</c>.</param>
    /// <param name="facts">More of <c>case.json</c>, as the inside of a JSON object.</param>
    public CaseBuilder Add(float[] expected, string facts = "\"ops\": [\"relu\"], \"rtol\": 0, \"atol\": 0.001", Shape? shape = null)
    {
        string path = Begin($$"""{"id": "case", "index": {{_count}}, "model_type": "mlProgram", "inputs": {}, "outputs": {"y": "multiArray"}, {{facts}}}""");
        SafeTensorsFile.Write(Path.Combine(path, "expected.safetensors"), [KeyValuePair.Create<string, Tensor>("y", Tensor.FromArray(expected, shape ?? [expected.Length]))]);
        return this;
    }

    /// <summary>Adds a case that expects a value of <c>case.json</c>.</summary>
    public CaseBuilder AddJson(string kind, string expected, string facts = "\"rtol\": 0, \"atol\": 0.001")
    {
        Begin($$"""{"id": "case", "index": {{_count}}, "model_type": "treeEnsembleClassifier", "inputs": {}, "outputs": {"y": "{{kind}}"}, "json_expected": {"y": {{expected}}}, {{facts}}}""");
        return this;
    }

    public string Zip()
    {
        string path = folder.Path("cases.zip");
        ZipFile.CreateFromDirectory(Root, path);
        return path;
    }

    private string Begin(string json)
    {
        string path = Directory.CreateDirectory(Path.Combine(Root, $"{_count++:0000}")).FullName;
        File.WriteAllText(Path.Combine(path, "case.json"), JsonNode.Parse(json)!.ToJsonString());
        File.WriteAllText(Path.Combine(path, "model.fake"), "FAKE");
        return path;
    }
}
