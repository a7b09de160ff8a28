using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>Opens models and owns the devices they run on. Parts are put together here, explicitly, and nowhere else.</summary>
/// <remarks>Thread-safe. Models stay valid until they or the runtime are disposed.</remarks>
/// <example><code>
/// using var runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
/// using IModel model = runtime.LoadModel("digits.mlpackage");
/// </code></example>
public sealed class TensorLogicRuntime : IDisposable
{
    private readonly IReadOnlyList<IModelLoader> _loaders;
    private readonly IReadOnlyList<IBackend> _backends;
    private readonly ModelFormatDetector _detector;
    private readonly ILogger _logger;
    private bool _disposed;

    internal TensorLogicRuntime(IReadOnlyList<IModelLoader> loaders, IReadOnlyList<IBackend> backends, ILoggerFactory? loggers)
    {
        _loaders = loaders;
        _backends = backends;
        _detector = new ModelFormatDetector(loaders);
        _logger = loggers?.CreateLogger("TensorLogic") ?? NullLogger.Instance;
        Devices = [.. backends.Select(backend => backend.Device).Concat(loaders.SelectMany(loader => loader.NativeDevices)).Distinct().Order()];
    }

    /// <summary>Starts putting a runtime together.</summary>
    public static TensorLogicRuntimeBuilder CreateBuilder() => new();

    /// <summary>The devices that are present. A room without content on this system contributes none.</summary>
    public IReadOnlyList<Device> Devices { get; }

    /// <summary>Functions on tensors, with gradients. The object is for one thread at a time.</summary>
    public TensorFunctions CreateFunctions() => new(_backends.First(backend => backend.Device == Device.Cpu));

    /// <summary>The formats that can be opened.</summary>
    public IReadOnlyList<ModelFormat> Formats => [.. _loaders.Select(loader => loader.Format)];

    /// <summary>Opens a model without being told its format.</summary>
    /// <param name="path">A file, or a folder such as <c>model.mlpackage</c>.</param>
    /// <param name="options">Device, function, limits.</param>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The format is not recognised, or the file is broken.</exception>
    /// <exception cref="ModelLimitException">The file asks for more than <see cref="LoadOptions.Limits"/> allow.</exception>
    /// <exception cref="DeviceException">The device is absent.</exception>
    public IModel LoadModel(string path, LoadOptions? options = null) => Load(path, options ?? new(), null, CancellationToken.None);

    /// <summary>As <see cref="LoadModel"/>, on the thread pool, and makes the model ready to run.</summary>
    /// <param name="path">A file, or a folder such as <c>model.mlpackage</c>.</param>
    /// <param name="options">Device, function, limits.</param>
    /// <param name="progress">Told of each stage.</param>
    /// <param name="cancellation">Ends loading early with <see cref="OperationCanceledException"/>.</param>
    public Task<IModel> LoadModelAsync(string path, LoadOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(() =>
        {
            IModel model = Load(path, options ?? new(), progress, cancellation);
            try
            {
                progress?.Report(new("compile", 0.5));
                if (model.Outputs.Count > 0) Prepare(model, cancellation);
                progress?.Report(new("compile", 1));
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }, cancellation);

    // A model that cannot run can still be described: the error comes at the first prediction.
    private static void Prepare(IModel model, CancellationToken cancellation)
    {
        try
        {
            model.Prepare(cancellation);
        }
        catch (UnsupportedOperatorException)
        {
        }
    }

    private IModel Load(string path, LoadOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using Activity? activity = Telemetry.Source.StartActivity("LoadModel");
        activity?.SetTag("path", path);
        long started = Stopwatch.GetTimestamp();

        progress?.Report(new("detect", 0));
        IModelLoader loader = _detector.Detect(path);
        cancellation.ThrowIfCancellationRequested();
        (Device device, IBackend? backend) = Choose(loader, options.Device);
        progress?.Report(new("read", 0.1));
        IModel model = loader.Load(path, new(options with { Device = device }, backend, _logger, progress, cancellation));

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        activity?.SetTag("format", loader.Format.Name);
        Telemetry.LoadDuration.Record(elapsed.TotalMilliseconds, new KeyValuePair<string, object?>("format", loader.Format.Name));
        Log.ModelLoaded(_logger, path, loader.Format.Name, device.Name, elapsed.TotalMilliseconds);
        return model;
    }

    /// <summary>The format of a file or folder by its content, or null if no loader knows it.</summary>
    internal ModelFormat? FormatOf(string path)
    {
        try
        {
            return _detector.Detect(path).Format;
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }

    private (Device Device, IBackend? Backend) Choose(IModelLoader loader, Device wanted)
    {
        if (wanted == Device.Auto)
        {
            // Native Core ML chooses best; among our own backends the CPU runs everything.
            if (loader.NativeDevices.Count > 0) return (loader.NativeDevices[^1], null);
            return (Device.Cpu, _backends.First(backend => backend.Device == Device.Cpu));
        }
        if (loader.NativeDevices.Contains(wanted)) return (wanted, null);
        IBackend? backend = _backends.FirstOrDefault(backend => backend.Device == wanted);
        return backend is not null ? (wanted, backend) : throw Absent(wanted);
    }

    private DeviceException Absent(Device device) => new(device, $"The device '{device.Name}' is not present here.")
    {
        Remedy = $"Use one of: auto, {string.Join(", ", Devices.Select(present => present.Name))}.",
    };

    /// <summary>The backend of a device.</summary>
    /// <exception cref="DeviceException">The device is absent.</exception>
    internal IBackend Backend(Device device) =>
        _backends.FirstOrDefault(backend => backend.Device == (device == Device.Auto ? Device.Cpu : device)) ?? throw Absent(device);

    /// <summary>Frees the backends.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (IBackend backend in _backends) backend.Dispose();
    }
}
