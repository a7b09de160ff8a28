using System.Buffers.Binary;
using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Fuzz;

/// <summary>A reader with samples of its files and the changes that its format invites.</summary>
/// <param name="Name">Of the reader.</param>
/// <param name="Samples">Files of <c>tests/data</c>, or folders of which one file is changed.</param>
/// <param name="Changed">The file in a folder; empty where the sample is the file.</param>
/// <param name="Mutate">Changes the bytes.</param>
/// <param name="Read">Reads a file and what it holds.</param>
internal sealed record Target(string Name, string[] Samples, string Changed, Func<byte[], Random, byte[]> Mutate, Action<string> Read)
{
    private static readonly TensorLogicRuntime s_runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().UseThreads(1).Build();

    public static IReadOnlyList<Target> All { get; } =
    [
        new("protobuf", ["coreml-malformed/mil/ok-conv.mlmodel", "coreml-malformed/mil/ok-cond.mlmodel", "coreml-malformed/mil/ok-while.mlmodel", "coreml-malformed/mil/ok-lut.mlmodel", "coreml-malformed/mil/ok-state.mlmodel",
            "coreml-malformed/nn/ok-lstm.mlmodel", "coreml-malformed/nn/ok-quantized-lut.mlmodel", "coreml-malformed/classic/ok-tree-regressor.mlmodel", "coreml-malformed/classic/ok-svm.mlmodel", "coreml-malformed/classic/ok-knn.mlmodel", "coreml-malformed/classic/ok-pipeline.mlmodel"], "", WireMutation.Mutate, ReadModel),
        new("mil-text", ["coreml-malformed/mlmodelc/mil-ok.mlmodelc", "coreml-malformed/mlmodelc/mil-ok-blob.mlmodelc"], "model.mil", TextMutation.Mutate, ReadModel),
        new("espresso", ["coreml-malformed/mlmodelc/nn-ok.mlmodelc"], "model.espresso.net", JsonMutation.Mutate, ReadModel),
        new("espresso-weights", ["coreml-malformed/mlmodelc/nn-ok.mlmodelc"], "model.espresso.weights", Mutation.Bytes, ReadModel),
        new("coremldata", ["coreml-malformed/mlmodelc/mil-ok.mlmodelc", "coreml-malformed/mlmodelc/nn-ok.mlmodelc"], "coremldata.bin", Mutation.Bytes, ReadModel),
        new("manifest", ["coreml-malformed/manifest/ok.mlpackage"], "Manifest.json", JsonMutation.Mutate, ReadModel),
        new("blob", ["coreml-malformed/blob/ok.mlpackage"], "Data/com.apple.CoreML/weights/weight.bin", Mutation.Bytes, ReadModel),
        new("safetensors", ["digits/digits.safetensors"], "", SafeTensors, path =>
        {
            using IModel model = SafeTensorsFile.Open(path);
            foreach (ModelTensor tensor in model.Tensors.Values) tensor.Read().Dispose();
        }),
        new("gguf", ["digits/digits.gguf"], "", Gguf, path =>
        {
            using IModel model = GgufFile.Open(path);
            foreach (ModelTensor tensor in model.Tensors.Values) tensor.Read().Dispose();
        }),
        new("png", ["digits/seven.png"], "", Mutation.Bytes, path => ImageFile.Load(path)),
        new("jpeg", ["guide/china-640x427.jpg"], "", Mutation.Bytes, path => ImageFile.Load(path)),
    ];

    private static void ReadModel(string path)
    {
        using IModel model = s_runtime.LoadModel(path);
        model.Prepare();
    }

    /// <summary>The header's text, with the length that stands before it made right again, or the file's bytes.</summary>
    private static byte[] SafeTensors(byte[] source, Random random)
    {
        if (random.Next(4) == 0) return Mutation.Bytes(source, random);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(source);
        byte[] header = JsonMutation.Mutate(source[8..(8 + length)], random), start = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, header.Length);
        return [.. start, .. header, .. source[(8 + length)..]];
    }

    // Counts, types, lengths and offsets stand in the first kilobytes.
    private static byte[] Gguf(byte[] source, Random random)
    {
        if (random.Next(4) == 0) return Mutation.Bytes(source, random);
        byte[] bytes = [.. source];
        for (int times = 1 + random.Next(3); times > 0; times--) Mutation.Word(bytes, random.Next(4, Math.Min(bytes.Length, 3000)), random);
        return bytes;
    }
}
