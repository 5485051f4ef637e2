using CsCheck;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class MaskValuesTests
{
    [Fact]
    public void Resizing_NeverInventsValues() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte.Array[400]).Sample((width, height, toWidth, toHeight, values) =>
        {
            values = values[..(width * height)];
            var mask = MaskValues.Of(Grey(8, width, [.. values.Select(value => (float)value)]), areNumbers: true);
            mask.Resized(toHeight, toWidth).Should().BeSubsetOf(values);
            mask.Resized(height, width).Should().Equal(values);
            mask.Different.Should().Equal(values.Distinct().Order());
        }, iter: 200);

    [Fact]
    public void Resizing_TakesTheNearestPixelCentre()
    {
        var mask = MaskValues.Of(Grey(8, 6, [.. Enumerable.Range(0, 18).Select(i => (10f * (i / 6)) + (i % 6))]), areNumbers: true);
        mask.Resized(1, 2).Should().Equal(11, 14);
        mask.Resized(3, 12).Take(12).Should().Equal(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5);
    }

    [Theory]
    [InlineData(1, new float[] { 0, 1, 1 }, new byte[] { 0, 255, 255 }, new byte[] { 0, 255, 255 })]
    [InlineData(2, new float[] { 0, 1, 3 }, new byte[] { 0, 1, 3 }, new byte[] { 0, 85, 255 })]
    [InlineData(4, new float[] { 0, 8, 15 }, new byte[] { 0, 8, 15 }, new byte[] { 0, 136, 255 })]
    [InlineData(8, new float[] { 0, 7, 255 }, new byte[] { 0, 7, 255 }, new byte[] { 0, 7, 255 })]
    [InlineData(16, new float[] { 0, 0, 65535 }, new byte[] { 0, 0, 255 }, new byte[] { 0, 0, 255 })]
    public void GreyValues_AreNumbersOrShades(int bits, float[] stored, byte[] numbers, byte[] shades)
    {
        MaskValues.Of(Grey(bits, 3, stored), areNumbers: true).Values.Should().Equal(numbers);
        MaskValues.Of(Grey(bits, 3, stored), areNumbers: false).Values.Should().Equal(shades);
    }

    [Fact]
    public void SixteenBits_AreNumbersUpTo255_ButNoShadesOfThem()
    {
        var mask = Grey(16, 3, [0, 2, 255]);
        MaskValues.Of(mask, areNumbers: true).Values.Should().Equal(0, 2, 255);
        Refusal(mask, areNumbers: false).Should().Be("has 16 bits, of which white is 65535, but no value above 255; save it with 8 bits");
        Refusal(Grey(16, 2, [0, 300]), areNumbers: true).Should().Be("has the value 300; class numbers are whole numbers from 0 to 254, and 255 is ignored");
    }

    [Fact]
    public void FloatingPoint_IsNumbersWhereWhole()
    {
        Raster Float(params float[] values) => Grey(32, 2, values) with { IsScaleFree = true };
        MaskValues.Of(Float(1, 0), areNumbers: true).Values.Should().Equal(1, 0);
        Refusal(Float(0, 0.5f), areNumbers: true).Should().Be("has the value 0.5; class numbers are whole numbers from 0 to 254, and 255 is ignored");
        Refusal(Float(0, float.NaN), areNumbers: true).Should().StartWith("has the value NaN;");
        Refusal(Float(0, -1), areNumbers: true).Should().StartWith("has the value -1;");
        Refusal(Float(0, 1), areNumbers: false).Should().Be("has numbers without a white, signed or floating-point; save it with 8 bits");
    }

    [Fact]
    public void Palettes_AreNumbersWhereColoured_AndGreyWhereGrey()
    {
        byte[][] colours = [[0, 0, 0], [128, 0, 0], [255, 255, 255]];
        var coloured = MaskValues.Of(Grey(8, 3, [0, 1, 2]) with { Palette = colours }, areNumbers: true);
        coloured.Values.Should().Equal(0, 1, 2);
        coloured.Colours.Should().Equal(new Dictionary<byte, int> { [0] = 0, [1] = 0x800000, [2] = 0xffffff });
        coloured.IsBlackAndWhite.Should().BeFalse();
        var grey = MaskValues.Of(Grey(8, 3, [0, 2, 0]) with { Palette = colours }, areNumbers: true);
        grey.Values.Should().Equal(0, 255, 0);
        (grey.Colours, grey.IsBlackAndWhite).Should().Be((null, true));
        MaskValues.Of(Grey(8, 3, [0, 1, 2]) with { Palette = colours }, areNumbers: false).Values.Should().Equal(0, 128, 255);
    }

    [Fact]
    public void Transparency_Decides()
    {
        MaskValues.Of(Grey(8, 3, [255, 255, 7]) with { Opacity = [0, 255, 255] }, areNumbers: true).Values.Should().Equal(0, 255, 7);
        Refusal(Grey(8, 2, [255, 255]) with { Opacity = [128, 255] }, areNumbers: true).Should().Be("is half transparent in places; make every pixel either opaque or transparent");
        Refusal(Grey(8, 2, [1, 0]) with { Palette = [[0, 0, 0], [9, 0, 0]], Opacity = [0, 255] }, areNumbers: true)
            .Should().Be("is transparent at numbers above 0 of its palette; make them opaque");
        MaskValues.Of(Grey(8, 2, [1, 0]) with { Palette = [[0, 0, 0], [9, 0, 0]], Opacity = [255, 0] }, areNumbers: true).Values.Should().Equal(1, 0);
    }

    private static Raster Grey(int bits, int width, float[] samples) => new(width, samples.Length / width, 1, bits, samples);

    private static string Refusal(Raster raster, bool areNumbers) =>
        FluentActions.Invoking(() => MaskValues.Of(raster, areNumbers)).Should().Throw<InvalidPictureException>().Which.Message;
}
