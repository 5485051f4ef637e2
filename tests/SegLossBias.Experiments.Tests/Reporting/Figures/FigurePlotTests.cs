using System.Globalization;
using CsCheck;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class FigurePlotTests
{
    [Fact]
    public void RoundNumbers_AreFewAndInsideTheAxis() =>
        Gen.Select(Gen.Double[-6, 3], Gen.Double[0.05, 5]).Sample((low, range) =>
        {
            var numbers = FigurePlot.RoundNumbers(low, low + range, most: 8);
            numbers.Should().OnlyContain(number => Math.Log10(number) >= low && Math.Log10(number) <= low + range).And.BeInAscendingOrder();
            numbers.Count.Should().BeInRange(1, 8);
            numbers.Select(number => double.Parse(FigurePlot.Plain(number), CultureInfo.InvariantCulture)).Should().Equal(numbers);
        }, iter: 500);

    [Theory]
    [InlineData(-0.2, 0.2, "0.7 0.8 0.9 1 1.2 1.4")]
    [InlineData(-3.0, 1.0, "0.001 0.01 0.1 1 10")]
    public void RoundNumbers_FillTheAxis(double low, double high, string labels) =>
        FigurePlot.RoundNumbers(low, high, most: 8).Select(FigurePlot.Plain).Should().Equal(labels.Split(' '));

    [Theory]
    [InlineData(1e-9, "0.000000001")]
    [InlineData(0.30000000000000004, "0.3")]
    [InlineData(20000, "20000")]
    public void Plain_HasNoExponent(double value, string text) => FigurePlot.Plain(value).Should().Be(text);
}
