using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>The value of every code of the 8-, 6- and 4-bit floats, as the format definitions give it.</summary>
public sealed class SmallFloatCodesTests
{
    [TestCase("F8_E4M3")]
    [TestCase("F8_E5M2")]
    [TestCase("F8_E4M3FNUZ")]
    [TestCase("F8_E5M2FNUZ")]
    [TestCase("F8_E8M0")]
    [TestCase("F6_E2M3")]
    [TestCase("F6_E3M2")]
    [TestCase("F4")]
    public void Every_code_has_its_defined_value(string name)
    {
        ElementType type = SafeTensorsDtype.All.Single(dtype => dtype.Name == name).ElementType;
        using Tensor codes = AllCodes(type);
        using Tensor values = codes.To(ElementType.Float32);

        Assert.That(Bits(values.As<float>().ReadOnlySpan), Is.EqualTo(Bits(Defined(name))));
    }

    /// <summary>The codes in order, packed from the lowest bit on.</summary>
    private static Tensor AllCodes(ElementType type)
    {
        int count = 1 << type.Bits;
        Tensor codes = Tensor.Create(type, [count]);
        for (int code = 0; code < count; code++)
            for (int bit = 0; bit < type.Bits; bit++)
            {
                int at = code * type.Bits + bit;
                codes.Bytes[at / 8] |= (byte)((code >> bit & 1) << at % 8);
            }
        return codes;
    }

    private static float[] Defined(string name)
    {
        byte[] bytes = File.ReadAllBytes(TestData.Path("safetensors", "codes", name + ".f32"));
        return [.. bytes.Chunk(sizeof(float)).Select(value => BinaryPrimitives.ReadSingleLittleEndian(value))];
    }

    // One NaN stands for all: its payload is not defined.
    private static uint[] Bits(ReadOnlySpan<float> values) =>
        [.. MemoryMarshal.ToEnumerable<float>(values.ToArray()).Select(value => float.IsNaN(value) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits(value))];
}
