using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Tool.Documentation;

/// <summary>The programs of the guides in <c>docs</c>: what stands there stands here, and runs.</summary>
public sealed class GuideCode
{
    private string _folder = null!, _output = null!;
    private DirectoryInfo _files = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _folder = TestData.Path("digits");
        _files = Directory.CreateTempSubdirectory("tl-guides-");
        _output = _files.FullName;
    }

    [OneTimeTearDown]
    public void Stop() => _files.Delete(recursive: true);

    [Test]
    public void Any_format_is_opened_the_same_way()
    {
        List<string> lines = [];
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        foreach (string file in (string[])["digits.mlpackage", "digits.safetensors", "digits.gguf"])
        {
            using IModel model = runtime.LoadModel(Path.Combine(folder, file));
            lines.Add($"{model.Metadata.Format} {model.Metadata.Quantization} {model.Tensors.Count}");
        }

        Assert.That(lines.Select(line => line.Split(' ')[0]), Is.EqualTo(["CoreML", "SafeTensors", "GGUF"]));
    }

    [Test]
    public void Weights_are_read_and_saved()
    {
        string folder = _folder, output = _output;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits-int8.mlpackage"));
        foreach (ModelTensor weight in model.Tensors.Values)
        {
            using Tensor values = weight.Read();           // decompressed
            Console.WriteLine($"{weight} -> {values}");
        }

        GgufFile.Copy(Path.Combine(output, "digits.gguf"), model.Tensors.Values);
        using Tensor<Half> ones = Tensor<Half>.Create([2, 2]);
        ones.Span.Fill((Half)1);
        SafeTensorsFile.Write(Path.Combine(output, "ones.safetensors"), new Dictionary<string, Tensor> { ["ones"] = ones });

        Assert.That(File.Exists(Path.Combine(output, "digits.gguf")) && File.Exists(Path.Combine(output, "ones.safetensors")), Is.True);
    }

    [Test]
    public async Task Loading_can_be_awaited_watched_and_cancelled()
    {
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using CancellationTokenSource cancellation = new(TimeSpan.FromMinutes(1));
        Progress<LoadProgress> progress = new(step => Console.WriteLine($"{step.Stage} {step.Fraction:P0}"));
        using IModel model = await runtime.LoadModelAsync(Path.Combine(folder, "digits.mlpackage"), progress: progress, cancellation: cancellation.Token);

        Assert.That(model.Inputs, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_picture_is_classified()
    {
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits.mlpackage"));
        using Features result = model.Predict(ImageFile.Load(Path.Combine(folder, "seven.png")));
        string label = result["classLabel"].AsString();
        double probability = result["classLabel_probs"].AsDictionary()[label];

        Assert.That((label, probability > 0.9), Is.EqualTo(("seven", true)));
    }

    [Test]
    public void Tensors_of_halves_go_in_and_come_out()
    {
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits-tensor.mlpackage"));
        using Tensor<Half> x = Tensor<Half>.Create([1, 1, 28, 28]);
        using Features result = model.Predict(new Features { ["x"] = x });
        Half[] probabilities = result["probabilities"].AsTensor().As<Half>().ToArray();

        Assert.That(probabilities, Has.Length.EqualTo(10));
    }

    [Test]
    public void A_state_lives_between_predictions()
    {
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits-state.mlpackage"));
        using ModelState state = model.CreateState();
        using Tensor<Half> x = Tensor<Half>.Create([1, 10]);
        x.Span.Fill((Half)1);
        for (int i = 0; i < 3; i++) model.Predict(x, state).Dispose();

        Assert.That(state.Names, Is.Not.Empty);
    }

    [Test]
    public void Advice_is_given()
    {
        string folder = _folder;
        List<string> lines = [];

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits-f32.mlpackage"));
        foreach (Finding finding in model.Advise())
            lines.Add($"{finding.Severity} {finding.Rule}: {finding.Reason} {finding.Remedy}");

        Assert.That(lines, Is.Not.Empty);
    }

    [Test]
    public void Devices_are_listed_and_chosen()
    {
        string folder = _folder;

        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
        foreach (Device device in runtime.Devices) Console.WriteLine(device.Name);
        Device chosen = runtime.Devices.Contains(Device.NeuralEngine) ? Device.NeuralEngine : Device.Cpu;
        using IModel model = runtime.LoadModel(Path.Combine(folder, "digits.mlpackage"), new LoadOptions { Device = chosen });

        Assert.That(model.Device, Is.EqualTo(chosen));
    }
}
