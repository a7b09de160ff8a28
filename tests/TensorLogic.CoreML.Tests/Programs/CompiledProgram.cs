using System.Text;

namespace TensorLogic.Tests.CoreML.Programs;

/// <summary>A compiled ML Program of a few lines, in a folder that is deleted when the test ends.</summary>
internal sealed class CompiledProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tensorlogic-");
    private readonly TensorLogicRuntime _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    /// <param name="opset">Such as <c>ios16</c>.</param>
    /// <param name="inputs">Name and type of each, such as <c>("x", "fp32", "1, 10")</c>.</param>
    /// <param name="outputs">Likewise.</param>
    /// <param name="statements">The function's statements.</param>
    /// <param name="states">Likewise.</param>
    public CompiledProgram(string opset, (string Name, string Type, string Shape)[] inputs, (string Name, string Type, string Shape)[] outputs, string statements, (string Name, string Type, string Shape)[]? states = null)
    {
        states ??= [];
        string parameters = string.Join(", ", inputs.Select(input => $"tensor<{input.Type}, [{input.Shape}]> {input.Name}").Concat(states.Select(state => $"state<tensor<{state.Type}, [{state.Shape}]>> {state.Name}")));
        string program = $$"""
            program(1.0)
            {
                func main<{{opset}}>({{parameters}}) {
                    {{statements}}
                } -> ({{string.Join(", ", outputs.Select(output => output.Name))}});
            }
            """;
        string folder = Path.Combine(_folder.FullName, "program.mlmodelc");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model.mil"), program);
        File.WriteAllText(Path.Combine(folder, "metadata.json"), $$"""
            [ { "specificationVersion": 9, "modelType": { "name": "MLModelType_mlProgram" }, "inputSchema": [{{Schema(inputs, "MultiArray")}}], "outputSchema": [{{Schema(outputs, "MultiArray")}}], "stateSchema": [{{Schema(states, "State")}}] } ]
            """);
        Model = _runtime.LoadModel(folder);
    }

    public IModel Model { get; }

    /// <summary>An input or constant with these elements.</summary>
    public static Tensor Floats(ReadOnlySpan<int> sizes, params float[] elements) => Tensor.FromSpan<float>(elements, Shape.Create(sizes));

    /// <summary>The text of a constant.</summary>
    public static string Const(string name, string type, string shape, string value) =>
        $"tensor<{type}, [{shape}]> {name} = const()[name = tensor<string, []>(\"{name}\"), val = tensor<{type}, [{shape}]>({value})];";

    public void Dispose()
    {
        Model.Dispose();
        _runtime.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Schema((string Name, string Type, string Shape)[] features, string kind) => string.Join(", ", features.Select(feature =>
        $$"""{ "type": "{{kind}}", "name": "{{feature.Name}}", "dataType": "{{feature.Type switch { "fp16" => "Float16", "int32" => "Int32", _ => "Float32" }}}", "shape": "[{{feature.Shape}}]", "isOptional": "0", "hasShapeFlexibility": "0" }"""));
}
