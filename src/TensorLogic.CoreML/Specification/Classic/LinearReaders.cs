using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>GLMRegressor</c>, <c>GLMClassifier</c>.</summary>
internal sealed class GlmReader(bool isClassifier) : ClassicReader
{
    private readonly List<double[]> _weights = [];
    private readonly PackedNumbers<double> _offsets = new();
    private readonly CategoryReader _labels = new();
    private int _transform, _encoding;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    Count(reader, _weights.Count, 64, "weights");
                    _weights.Add(Vectors.Doubles(reader.Message("weights", _weights.Count), "value"));
                    break;
                case (2, _): _offsets.TryAdd(reader, "offset"); break;
                case (3, Varint): _transform = reader.Int32(); break;
                case (4, Varint) when isClassifier: _encoding = reader.Int32(); break;
                case (100, Bytes) when isClassifier: _labels.Strings(reader.Message("stringClassLabels")); break;
                case (101, Bytes) when isClassifier: _labels.Integers(reader.Message("int64ClassLabels")); break;
            }
    }

    public override ClassicSpecification Build() => new GlmSpecification([.. _weights], _offsets.ToArray(), _transform, _encoding, _labels.Build());
}

/// <summary>Messages with numbers in field 1.</summary>
internal static class Vectors
{
    public static double[] Doubles(ProtobufReader reader, string field)
    {
        PackedNumbers<double> numbers = new();
        while (reader.Next())
            if (reader.Field == 1) numbers.TryAdd(reader, field);
        return numbers.ToArray();
    }

    public static float[] Floats(ProtobufReader reader, string field)
    {
        PackedNumbers<float> numbers = new();
        while (reader.Next())
            if (reader.Field == 1) numbers.TryAdd(reader, field);
        return numbers.ToArray();
    }
}

/// <summary><c>SupportVectorRegressor</c>, <c>SupportVectorClassifier</c>. The fields of the second are one further on.</summary>
internal sealed class SupportVectorReader(bool isClassifier) : ClassicReader
{
    private readonly List<double[]> _coefficients = [];
    private readonly PackedNumbers<double> _rho = new(), _probA = new(), _probB = new(), _alpha = new();
    private readonly List<long> _counts = [];
    private readonly CategoryReader _labels = new();
    private List<VectorSpecification>? _vectors;
    private bool _isSparse, _hasCoefficients;
    private double _rhoOfRegressor;
    private KernelSpecification _kernel = new(0, 0, 0, 0);

    public override void Read(ProtobufReader reader)
    {
        int shift = isClassifier ? 1 : 0;
        while (reader.Next())
        {
            int field = reader.Field;
            if (field == 1 && reader.Wire == Bytes) ReadKernel(reader.Message("kernel"));
            else if (isClassifier && field == 2 && reader.Wire is (Varint or Bytes)) reader.AddIntegers(_counts, "numberOfSupportVectorsPerClass");
            else if (field == 2 + shift && reader.Wire == Bytes) ReadVectors(reader.Message("sparseSupportVectors"), isSparse: true);
            else if (field == 3 + shift && reader.Wire == Bytes) ReadVectors(reader.Message("denseSupportVectors"), isSparse: false);
            else if (field == 4 && !isClassifier && reader.Wire == Bytes) ReadAlpha(reader.Message("coefficients"));
            else if (field == 5 && !isClassifier && reader.Wire == Fixed64) _rhoOfRegressor = reader.Double();
            else if (!isClassifier) continue;
            else if (field == 5 && reader.Wire == Bytes)
            {
                Count(reader, _coefficients.Count, 64, "coefficients");
                _coefficients.Add(Vectors.Doubles(reader.Message("coefficients", _coefficients.Count), "alpha"));
            }
            else if (field == 6) _rho.TryAdd(reader, "rho");
            else if (field == 7) _probA.TryAdd(reader, "probA");
            else if (field == 8) _probB.TryAdd(reader, "probB");
            else if (field == 100 && reader.Wire == Bytes) _labels.Strings(reader.Message("stringClassLabels"));
            else if (field == 101 && reader.Wire == Bytes) _labels.Integers(reader.Message("int64ClassLabels"));
        }
    }

    private void ReadKernel(ProtobufReader reader)
    {
        while (reader.Next())
        {
            if (reader.Field is < 1 or > 4 || reader.Wire != Bytes) continue;
            // The last kernel of the choice counts; parts of one kernel are one message.
            KernelSpecification kernel = _kernel.Kind == reader.Field ? _kernel : new(reader.Field, 0, 0, 0);
            ProtobufReader message = reader.Message(kernel.Kind switch { 2 => "rbfKernel", 3 => "polyKernel", 4 => "sigmoidKernel", _ => "linearKernel" });
            while (message.Next())
                kernel = (kernel.Kind, message.Field, message.Wire) switch
                {
                    (2, 1, Fixed64) or (3, 3, Fixed64) or (4, 1, Fixed64) => kernel with { Gamma = message.Double() },
                    (3, 2, Fixed64) or (4, 2, Fixed64) => kernel with { C = message.Double() },
                    (3, 1, Varint) => kernel with { Degree = message.Int32() },
                    _ => kernel,
                };
            _kernel = kernel;
        }
    }

    private void ReadAlpha(ProtobufReader reader)
    {
        _hasCoefficients = true;
        while (reader.Next())
            if (reader.Field == 1) _alpha.TryAdd(reader, "alpha");
    }

    private void ReadVectors(ProtobufReader reader, bool isSparse)
    {
        if (_vectors is null || _isSparse != isSparse) (_vectors, _isSparse) = ([], isSparse);
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            Count(reader, _vectors.Count, 96, "vectors");
            ProtobufReader vector = reader.Message("vectors", _vectors.Count);
            _vectors.Add(isSparse ? Sparse(vector) : new(Vectors.Doubles(vector, "values"), null));
        }
    }

    private static VectorSpecification Sparse(ProtobufReader reader)
    {
        List<int> indices = [];
        List<double> values = [];
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            Count(reader, values.Count, 24, "nodes");
            ProtobufReader node = reader.Message("nodes", values.Count);
            (int index, double value) = (0, 0);
            while (node.Next())
                switch (node.Field, node.Wire)
                {
                    case (1, Varint): index = node.Int32(); break;
                    case (2, Fixed64): value = node.Double(); break;
                }
            indices.Add(index);
            values.Add(value);
        }
        return new([.. values], [.. indices]);
    }

    public override ClassicSpecification Build() => new SupportVectorSpecification(
        _kernel, _vectors, isClassifier ? _coefficients : _hasCoefficients ? [_alpha.ToArray()] : [], isClassifier ? _rho.ToArray() : [_rhoOfRegressor],
        _counts, _probA.ToArray(), _probB.ToArray(), _labels.Build());
}
