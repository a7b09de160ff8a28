using System.Collections.Immutable;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>A graph compiled for the CPU.</summary>
internal sealed class CpuExecutable : IRecordedExecutable
{
    private readonly CpuBackend _backend;
    private readonly CpuProgram _program;
    private readonly PlanCache _plans;
    private readonly Arena _pool = new();
    private CpuPlan? _latest;
    private readonly Lock _lock = new();
    private int _running;
    private bool _disposed;

    public CpuExecutable(CpuBackend backend, CpuProgram program)
    {
        _backend = backend;
        _program = program;
        _plans = new PlanCache(program.Options.PlanCacheSize);
    }

    public string PlanText => _latest?.ToString() ?? "";

    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state = null, CancellationToken cancellation = default) =>
        Run(inputs, outputs, state, null, cancellation);

    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state, StepRecorder? recorder, CancellationToken cancellation)
    {
        CheckCounts(inputs.Length, outputs.Length);
        for (int i = 0; i < inputs.Length; i++) CheckInput(_program.Graph.Inputs[i], inputs[i]);
        Enter();
        _backend.Workers.BeginRun();
        try
        {
            RunEntered(inputs, outputs, state, recorder, cancellation);
        }
        catch (Exception tooLarge) when (tooLarge is OutOfMemoryException or OverflowException)
        {
            throw new DeviceException(Device.Cpu, $"'{_program.Graph.Name}' needs a tensor that is larger than the memory.") { Place = _program.Graph.Name };
        }
        finally
        {
            _backend.Workers.EndRun();
            Leave();
        }
    }

    private void RunEntered(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state, StepRecorder? recorder, CancellationToken cancellation)
    {
        CpuPlan plan = PlanFor(inputs, cancellation);
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i] is { } given) CheckOutput(plan, i, given);

        Frame frame = new(_program, plan, _backend.Workers, _pool, state, recorder, cancellation);
        try
        {
            for (int i = 0; i < inputs.Length; i++) frame.Set(_program.Body.InputSlots[i], Held(inputs[i]));
            frame.Run(_program.Body);
            for (int i = 0; i < outputs.Length; i++) Deliver((Tensor)frame.Get(_program.Body.OutputSlots[i]), i, ref outputs[i]);
        }
        finally
        {
            frame.Clear();
        }
    }

    private CpuPlan PlanFor(ReadOnlySpan<Tensor> inputs, CancellationToken cancellation)
    {
        CpuPlan? plan = _plans.Find(inputs);
        if (plan is null)
        {
            ImmutableArray<Shape>.Builder shapes = ImmutableArray.CreateBuilder<Shape>(inputs.Length);
            foreach (Tensor input in inputs) shapes.Add(input.Shape);
            plan = new CpuPlan(_program, shapes.MoveToImmutable(), _backend, cancellation);
            _plans.Add(plan);
        }
        _latest = plan;
        return plan;
    }

    // Kernels see 32-bit floats and rows without gaps; the caller's tensor itself is only read.
    private Tensor Held(Tensor input)
    {
        ElementType stored = CpuProgram.Stored(input.ElementType);
        if (input.ElementType == stored) return input.Contiguous();
        Tensor held = _pool.Rent(stored, input.Shape);
        input.CopyTo(held);
        return held;
    }

    private void Deliver(Tensor result, int index, ref Tensor? output)
    {
        ElementType type = _program.Graph.Outputs[index].TensorType.ElementType;
        if (output is null) output = result.To(type);
        else if (output.Shape == result.Shape) result.CopyTo(output);
        else throw Misfit(_program.Graph.Outputs[index].Name, output.ToString(), $"{type.Name}{result.Shape}");
    }

    private void CheckCounts(int inputs, int outputs)
    {
        if (inputs != _program.Graph.Inputs.Count) throw new ArgumentException($"'{_program.Graph.Name}' has {_program.Graph.Inputs.Count} inputs; {inputs} were given.", nameof(inputs));
        if (outputs != _program.Graph.Outputs.Count) throw new ArgumentException($"'{_program.Graph.Name}' has {_program.Graph.Outputs.Count} outputs; there is room for {outputs}.", nameof(outputs));
    }

    private void CheckInput(Value declared, Tensor given)
    {
        ArgumentNullException.ThrowIfNull(given, declared.Name);
        if (given.ElementType != declared.TensorType.ElementType || !declared.TensorType.Accepts(given.Shape))
            throw Misfit(declared.Name, given.ToString(), declared.TensorType.ToString());
    }

    private void CheckOutput(CpuPlan plan, int index, Tensor given)
    {
        Value declared = _program.Graph.Outputs[index];
        if (plan.TypeOf(declared) is TensorValueType { Tensor: var type } && (given.ElementType != type.ElementType || !type.Accepts(given.Shape)))
            throw Misfit(declared.Name, given.ToString(), type.ToString());
        if (!given.IsWritable) throw new ArgumentException($"The tensor for the output '{declared.Name}' views a mapped file and cannot be written.", nameof(given));
    }

    private ShapeException Misfit(string name, string actual, string expected) =>
        new() { Operator = "predict", Node = _program.Graph.Name, Input = name, Actual = actual, Expected = expected };

    // Memory is freed by whoever comes last: the one who disposes, or a run that was still going on.
    private void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _running++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_running == 0 && _disposed) Free();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            if (_running == 0) Free();
        }
    }

    private void Free()
    {
        _pool.Dispose();
        _program.Dispose();
    }
}
