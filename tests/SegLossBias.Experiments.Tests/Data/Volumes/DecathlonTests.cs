namespace SegLossBias.Experiments.Tests.Data.Volumes;

/// <summary>Tasks of the Medical Segmentation Decathlon, by their description.</summary>
public sealed class DecathlonTests : VolumeFolder
{
    [Fact]
    public void ADecathlonTask_HasItsNamesFromItsDescription()
    {
        Decathlon(4, """{ "0": "background", "1": "edema", "2": "tumour" }""", """{ "0": "FLAIR", "1": "T1w" }""");
        File.WriteAllText(Folder["imagesTr/._case0.nii.gz"], "not a volume");
        using var splits = Load(settings => settings with { Layout = "Decathlon" });

        splits.Classes.Should().Equal("background", "edema", "tumour");
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo(["case0", "case1", "case2"]);
        splits.Channels.Should().Be(2);
        splits.Origin.Should().StartWith("a seeded 20 % of the training volumes held out for validation (seed 1); FLAIR, T1w: ");
        LeftOut.Should().Equal($"{Folder["imagesTr/case3.nii.gz"]}: there is no such file");
    }

    [Fact]
    public void FilesPerChannel_AsNnUNetV1HasThem_AreRead()
    {
        Decathlon(3, """{ "0": "background", "1": "edema", "2": "tumour" }""", """{ "0": "FLAIR", "1": "T1w" }""");
        File.Delete(Folder["imagesTr/case1.nii.gz"]);
        Image("imagesTr/case1_0000.nii.gz", 10);
        Image("imagesTr/case1_0001.nii.gz", 20);
        using var splits = Load(settings => settings with { Layout = "Decathlon" });
        LeftOut.Should().BeEmpty();
        splits.Train.Concat(splits.Validation).Single(item => item.Name == "case1").Image.shape.Should().Equal(2, 2, 3, 4);
    }

    [Fact]
    public void ADecathlonTaskWithoutBackground_MeasuresItsFirstClass_AndCountsNothingBesideAVolume()
    {
        Decathlon(3, """{ "0": "left", "1": "middle", "2": "right" }""", """{ "0": "FLAIR", "1": "T1w" }""", label: 0);
        using var splits = Load(settings => settings with { Layout = "Decathlon" });
        (splits.FirstMeasured, splits.IgnoreIndex).Should().Be((0, 255L));
    }

    [Theory]
    [InlineData("""{ "0": "background", "2": "tumour" }""", "*'labels' numbers 2 entries, but has none numbered 1*")]
    [InlineData("""{ "0": "background" }""", "*1 classes; 2 to 255 are possible*")]
    [InlineData("""[ "background" ]""", "*dataset.json cannot be read: *")]
    [InlineData("null", "*dataset.json cannot be read: *")]
    [InlineData("""{ "0": "background", "1": "tumour" }, "training": [ { "image": "a" } ]""", "*dataset.json cannot be read: *label*")]
    [InlineData("""{ "0": "background", "1": "tumour" }, "training": [ { "image": "", "label": "a.nii" } ]""", "*dataset.json: 'training' has an entry without the path of a file")]
    [InlineData("""{ "0": "background", "1": "tumour" }, "training": [ { "image": "a.nii", "label": "" } ]""", "*dataset.json: 'training' has an entry without the path of a file")]
    [InlineData("""{ "0": "background", "1": "tumour" }, "training": [ { "image": "a\u0000.nii", "label": "a.nii" } ]""", "*dataset.json: 'training' has an entry without the path of a file")]
    public void ADescriptionThatDoesNotHold_IsAnError(string labels, string message)
    {
        Decathlon(3, labels, """{ "0": "CT", "1": "PET" }""", label: 0);
        FluentActions.Invoking(() => Load(settings => settings with { Layout = "Decathlon" }))
            .Should().Throw<UserError>().WithMessage(message).Which.Message.Should().NotContain("\n");
    }

    /// <summary>The last case's image is named, but is not there.</summary>
    private void Decathlon(int cases, string labels, string modality, double label = 2)
    {
        for (var i = 0; i < cases; i++)
        {
            Label($"labelsTr/case{i}.nii.gz", label);
            if (i < 3)
            {
                (HandMadeNifti.Of(NiftiType.Float32, [4, 4, 3, 2, 2], [.. Ramp(1), .. Ramp(2)]) with { Pixdim = [1, 1, 2, 3] })
                    .Save(Folder[$"imagesTr/case{i}.nii.gz"]);
            }
        }

        var pairs = string.Join(", ", Enumerable.Range(0, cases).Select(i =>
            $$"""{ "image": "./imagesTr/case{{i}}.nii.gz", "label": "./labelsTr/case{{i}}.nii.gz" }"""));
        File.WriteAllText(Folder["dataset.json"], $$"""
            { "name": "BRATS", "tensorImageSize": "4D", "modality": {{modality}}, "numTraining": {{cases}},
              "training": [{{pairs}}, { "image": "./imagesTr/._case0.nii.gz", "label": "./labelsTr/._case0.nii.gz" }], "test": [], "labels": {{labels}} }
            """);
    }
}
