using Microsoft.Extensions.DependencyInjection;

namespace TensorLogic.Tests;

public sealed class TensorLogicRuntimeTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("tensorlogic-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Core_alone_has_the_CPU_and_two_formats()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        Assert.That(runtime.Devices, Is.EqualTo(new[] { Device.Cpu }));
        Assert.That(runtime.Formats, Is.EquivalentTo(new[] { ModelFormat.SafeTensors, ModelFormat.Gguf }));
    }

    [Test]
    public void A_format_is_found_by_content_whatever_the_name()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(new StubLoader()).Build();

        using IModel model = runtime.LoadModel(Write("model.txt", "STUB1234"));

        Assert.That(model.Metadata.Format, Is.EqualTo(StubLoader.StubFormat));
    }

    [Test]
    public void An_unknown_format_lists_what_was_tried()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(new StubLoader()).Build();
        string path = Write("model.mlmodel", "neither this nor that");

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => runtime.LoadModel(path))!;

        Assert.That(error.File, Is.EqualTo(path));
        Assert.That(error.Problem, Does.Contain("SafeTensors").And.Contain("GGUF").And.Contain("Stub (\"STUB\" at the start)"));
    }

    [Test]
    public void A_missing_file_is_named()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        Assert.That(() => runtime.LoadModel(Path.Combine(_folder, "absent.gguf")), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("absent.gguf"));
    }

    [TestCase(Device.Gpu)]
    [TestCase(Device.NeuralEngine)]
    public void An_absent_device_is_refused(Device device)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(new StubLoader()).Build();
        string path = Write("model", "STUB");

        DeviceException error = Assert.Throws<DeviceException>(() => runtime.LoadModel(path, new() { Device = device }))!;

        Assert.That((error.Device, error.Code), Is.EqualTo((device, (long?)null)));
    }

    [Test]
    public void Auto_gives_the_CPU_where_nothing_else_is_present()
    {
        StubLoader loader = new();
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(loader).Build();

        runtime.LoadModel(Write("model", "STUB")).Dispose();

        Assert.That((loader.Context!.Options.Device, loader.Context.Backend!.Device), Is.EqualTo((Device.Cpu, Device.Cpu)));
    }

    [Test]
    public void A_device_on_which_the_loader_runs_files_itself_comes_before_backends()
    {
        StubLoader loader = new() { NativeDevices = [Device.Cpu, Device.NeuralEngine] };
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(loader).Build();

        runtime.LoadModel(Write("model", "STUB")).Dispose();

        Assert.That((loader.Context!.Options.Device, loader.Context.Backend), Is.EqualTo((Device.NeuralEngine, (Graphs.IBackend?)null)));
    }

    [Test]
    public async Task Loading_reports_its_stages_in_order()
    {
        List<LoadProgress> reports = [];
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(new StubLoader()).Build();

        using IModel model = await runtime.LoadModelAsync(Write("model", "STUB"), progress: new Recorder(reports));

        Assert.That(reports.Select(report => report.Stage).Distinct(), Is.EqualTo(new[] { "detect", "read", "compile" }));
        Assert.That(reports.Select(report => report.Fraction), Is.Ordered);
    }

    [Test]
    public void A_cancelled_load_throws_OperationCanceledException()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddLoader(new StubLoader()).Build();
        string path = Write("model", "STUB");

        Assert.That(async () => await runtime.LoadModelAsync(path, cancellation: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_container_gives_one_runtime()
    {
        using ServiceProvider services = new ServiceCollection().AddTensorLogic(builder => builder.AddLoader(new StubLoader())).BuildServiceProvider();

        TensorLogicRuntime runtime = services.GetRequiredService<TensorLogicRuntime>();

        Assert.That(runtime.Formats, Does.Contain(StubLoader.StubFormat));
        Assert.That(services.GetRequiredService<TensorLogicRuntime>(), Is.SameAs(runtime));
    }

    [Test]
    public void A_disposed_runtime_opens_nothing()
    {
        TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        runtime.Dispose();

        Assert.That(() => runtime.LoadModel("any"), Throws.InstanceOf<ObjectDisposedException>());
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private sealed class Recorder(List<LoadProgress> reports) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => reports.Add(value);
    }

    private sealed class StubLoader : IModelLoader
    {
        public static ModelFormat StubFormat { get; } = new("Stub");

        public LoadContext? Context { get; private set; }

        public ModelFormat Format => StubFormat;

        public string Signature => "\"STUB\" at the start";

        public IReadOnlyList<Device> NativeDevices { get; init; } = [];

        public bool Matches(ModelCandidate candidate) => candidate.Start.StartsWith("STUB"u8);

        public IModel Load(string path, LoadContext context)
        {
            Context = context;
            return new StubModel();
        }
    }

    private sealed class StubModel : Model
    {
        public override ModelMetadata Metadata { get; } = new() { Format = StubLoader.StubFormat, Name = "stub" };

        public override IReadOnlyList<FeatureDescription> Outputs { get; } = [new() { Name = "y", Type = new ScalarFeatureType(FeatureKind.Double) }];

        public override IReadOnlyDictionary<string, ModelTensor> Tensors { get; } = new Dictionary<string, ModelTensor>();

        public override void Prepare(CancellationToken cancellation = default)
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
