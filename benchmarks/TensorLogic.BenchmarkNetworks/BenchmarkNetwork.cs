using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace TensorLogic.BenchmarkNetworks;

/// <summary>The four networks for measuring and checking. Graphs and recipes are stored; weights are made on first use.</summary>
public static class BenchmarkNetwork
{
    /// <summary>ResNet-50, MobileNetV2, EfficientNet-B0 and a text encoder.</summary>
    public static IReadOnlyList<string> Names { get; } = ["resnet50", "mobilenet_v2", "efficientnet_b0", "textencoder"];

    private static readonly Lock s_making = new();

    /// <summary>Path of the network's <c>.mlpackage</c>, made if it is not there yet; <c>NAME.io.safetensors</c> lies beside it.</summary>
    /// <exception cref="InvalidDataException">The bytes made are not the recipe's.</exception>
    public static string Package(string name)
    {
        Make(name, onnx: false);
        return Path.Combine(OutputFolder, $"{name}.mlpackage");
    }

    /// <summary>Path of the recorded inputs and PyTorch's outputs; inputs <c>x</c>, <c>x2</c> or <c>input_ids</c>, <c>attention_mask</c>.</summary>
    public static string InputsAndOutputs(string name)
    {
        Make(name, onnx: false);
        return Path.Combine(OutputFolder, $"{name}.io.safetensors");
    }

    /// <summary>Path of the network's <c>.onnx</c>, made if it is not there yet.</summary>
    public static string Onnx(string name)
    {
        Make(name, onnx: true);
        return Path.Combine(OutputFolder, $"{name}.onnx");
    }

    private static string SourceFolder([CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "networks"));

    private static string OutputFolder => Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", ".bench-models"));

    private static void Make(string name, bool onnx)
    {
        lock (s_making)
        {
            // Test programs run side by side: one makes the files, the others wait.
            Directory.CreateDirectory(OutputFolder);
            using FileStream guard = WaitForGuard();
            string package = Path.Combine(OutputFolder, $"{name}.mlpackage");
            string weights = Path.Combine(package, "Data", "com.apple.CoreML", "weights", "weight.bin");
            Directory.CreateDirectory(Path.GetDirectoryName(weights)!);
            foreach (string part in (string[])["Manifest.json", Path.Combine("Data", "com.apple.CoreML", "model.mlmodel")])
                CopyIfOther(Path.Combine(SourceFolder(), $"{name}.mlpackage", part), Path.Combine(package, part));

            using Recipe recipe = new(Path.Combine(SourceFolder(), $"{name}.recipe.json"));
            MakeFile(recipe, recipe.WeightFile, weights, single: false);
            WriteInputsAndOutputs(name, recipe);
            if (!onnx) return;
            CopyIfOther(Path.Combine(SourceFolder(), $"{name}.onnx"), Path.Combine(OutputFolder, $"{name}.onnx"));
            MakeFile(recipe, recipe.OnnxData, Path.Combine(OutputFolder, $"{name}.onnx.data"), single: true);
        }
    }

    // A model that is open keeps its file from being written.
    private static void CopyIfOther(string from, string to)
    {
        if (!File.Exists(to) || !File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to))) File.Copy(from, to, overwrite: true);
    }

    private static FileStream WaitForGuard()
    {
        while (true)
            try
            {
                return new(Path.Combine(OutputFolder, ".guard"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
    }

    private static void MakeFile(Recipe recipe, RecipeFile file, string path, bool single)
    {
        // The size decides; the digest was checked when the file was written under its final name.
        if (File.Exists(path) && new FileInfo(path).Length == file.Size) return;
        string partial = path + ".part";
        using (var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            using (FileStream stream = File.Create(partial))
                foreach (string part in file.Parts)
                {
                    byte[] bytes = recipe.Bytes(part, single);
                    digest.AppendData(bytes);
                    stream.Write(bytes);
                }
            string found = Convert.ToHexStringLower(digest.GetHashAndReset());
            if (found != file.Sha256) throw new InvalidDataException($"{path}: the SHA-256 is {found}, the recipe says {file.Sha256}.");
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>The stored outputs, and the inputs x = (pixel - 128) / 64 made from the stored images.</summary>
    private static void WriteInputsAndOutputs(string name, Recipe recipe)
    {
        string path = Path.Combine(OutputFolder, $"{name}.io.safetensors");
        if (File.Exists(path)) return;
        List<(string Name, string Type, int[] Shape, byte[] Data)> tensors = [];
        Dictionary<string, (string Type, int[] Shape, byte[] Data)> images = ReadSafeTensors("images.safetensors");
        foreach ((string input, string image) in recipe.Images)
        {
            (_, int[] shape, byte[] pixels) = images[image];
            var data = new byte[pixels.Length * 4];
            for (int i = 0; i < pixels.Length; i++) BitConverter.TryWriteBytes(data.AsSpan(i * 4), (pixels[i] - 128) / 64f);
            tensors.Add((input, "F32", [1, .. shape], data));
        }
        foreach ((string key, (string type, int[] shape, byte[] data)) in ReadSafeTensors($"{name}.io.safetensors")) tensors.Add((key, type, shape, data));
        WriteSafeTensors(path, tensors);
    }

    // The generator stands alone, so that a fault in the library's own reader cannot hide in the data it is checked with.
    private static Dictionary<string, (string Type, int[] Shape, byte[] Data)> ReadSafeTensors(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(SourceFolder(), file));
        int header = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        using var document = JsonDocument.Parse(bytes.AsMemory(8, header));
        return document.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__").ToDictionary(tensor => tensor.Name, tensor =>
        {
            int[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            return (tensor.Value.GetProperty("dtype").GetString()!, shape, bytes[(8 + header + offsets[0])..(8 + header + offsets[1])]);
        });
    }

    private static void WriteSafeTensors(string path, IEnumerable<(string Name, string Type, int[] Shape, byte[] Data)> tensors)
    {
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            long offset = 0;
            json.WriteStartObject();
            foreach ((string name, string type, int[] shape, byte[] data) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (int size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');

        string partial = path + ".part";
        using (FileStream stream = File.Create(partial))
        {
            stream.Write(BitConverter.GetBytes(header.Length));
            header.WriteTo(stream);
            foreach ((_, _, _, byte[] data) in tensors) stream.Write(data);
        }
        File.Move(partial, path, overwrite: true);
    }
}
