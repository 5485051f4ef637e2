using System.Reflection;
using System.Xml.Linq;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Rules for every loss of the library, also those still to be written.</summary>
public class PublicTypesTests
{
    private static readonly Assembly Library = typeof(SegmentationLoss).Assembly;

    private static readonly Type[] Concrete =
        [.. Library.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(nn.Module)) && !type.IsAbstract)];

    public static TheoryData<string> ConcreteNames => [.. Concrete.Select(type => type.Name)];

    [Fact]
    public void Losses_AreFound() =>
        Concrete.Should().Contain([typeof(CrossEntropyLoss), typeof(RceL1Loss), typeof(CompoundLoss)]).And.HaveCountGreaterThan(15);

    [Theory]
    [MemberData(nameof(ConcreteNames))]
    public void Loss_IsSealedAndASegmentationLoss(string name)
    {
        var type = Concrete.Single(type => type.Name == name);
        (type.IsSealed, type.IsAssignableTo(typeof(SegmentationLoss))).Should().Be((true, true));
        type.Name.Should().EndWith("Loss");
    }

    [Theory]
    [MemberData(nameof(ConcreteNames))]
    public void Loss_IsDocumentedWithFormulaAndSource(string name)
    {
        var type = Concrete.Single(type => type.Name == name);
        var file = XDocument.Load(Path.ChangeExtension(Library.Location, ".xml"));
        var member = file.Descendants("member").Single(member => member.Attribute("name")!.Value == $"T:{type.FullName}");
        member.Element("summary")!.Value.Should().NotBeNullOrWhiteSpace();
        member.Element("remarks")!.Descendants("code").Select(code => code.Value).Should().Contain(text => text.Contains('='), "remarks give the formula in <code>");
        member.Value.Should().MatchRegex(@"arXiv:\d{4}\.\d{5}");
    }

    /// <summary>The general compound is built from terms, not by name; its own tests are in CompoundLossTests.</summary>
    [Fact]
    public void Losses_AreAllBuiltByNameOrInTheTable()
    {
        Type[] byName = [.. LossFactory.AllNames.Select(name => TypeOf(() => LossFactory.Create(name)))];
        Type[] inTable = [.. ((IEnumerable<object[]>)LossTable.Names).Select(row => TypeOf(() => LossTable.Create((string)row[0])))];
        Concrete.Except([.. byName, .. inTable, typeof(CompoundLoss)]).Should().BeEmpty("a new loss needs a line in LossFactory or LossTable");
        byName.Except(inTable).Should().BeEmpty("what can be built by name is tested by the table");
    }

    private static Type TypeOf(Func<SegmentationLoss> create)
    {
        using var loss = create();
        return loss.GetType();
    }
}
