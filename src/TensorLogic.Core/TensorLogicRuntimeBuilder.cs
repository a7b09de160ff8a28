using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TensorLogic.Cpu;
using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.SafeTensors;
using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>Collects the loaders and backends of a runtime. Core brings SafeTensors, GGUF and the CPU.</summary>
public sealed class TensorLogicRuntimeBuilder
{
    private readonly List<IModelLoader> _loaders = [new SafeTensorsLoader(), new GgufLoader()];
    private readonly List<Func<IBackend>> _backends = [];
    private ILoggerFactory? _loggers;
    private int? _threads;

    internal TensorLogicRuntimeBuilder()
    {
    }

    /// <summary>Adds a loader. One of a format that is there already replaces it.</summary>
    public TensorLogicRuntimeBuilder AddLoader(IModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        _loaders.RemoveAll(other => other.Format == loader.Format);
        _loaders.Add(loader);
        return this;
    }

    /// <summary>Adds a backend, made when the runtime is built.</summary>
    public TensorLogicRuntimeBuilder AddBackend(Func<IBackend> backend)
    {
        _backends.Add(backend);
        return this;
    }

    /// <summary>Threads of the CPU backend; one for each core unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public TensorLogicRuntimeBuilder UseThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = threads;
        return this;
    }

    /// <summary>Where to log.</summary>
    public TensorLogicRuntimeBuilder UseLogging(ILoggerFactory loggers)
    {
        _loggers = loggers;
        return this;
    }

    /// <summary>Makes the runtime.</summary>
    public TensorLogicRuntime Build() =>
        new([.. _loaders], [new CpuBackend(_threads ?? Environment.ProcessorCount), .. _backends.Select(make => make())], _loggers);
}

/// <summary>TensorLogic in a dependency injection container.</summary>
public static class TensorLogicServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="TensorLogicRuntime"/> as a singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Adds loaders and backends: <c>b => b.AddCoreML()</c>.</param>
    public static IServiceCollection AddTensorLogic(this IServiceCollection services, Action<TensorLogicRuntimeBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider =>
        {
            TensorLogicRuntimeBuilder builder = TensorLogicRuntime.CreateBuilder();
            if (provider.GetService<ILoggerFactory>() is { } loggers) builder.UseLogging(loggers);
            configure?.Invoke(builder);
            return builder.Build();
        });
        return services;
    }
}
