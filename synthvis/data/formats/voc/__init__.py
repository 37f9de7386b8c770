"""Pascal VOC: an XML file an image, lists of images, and masks as PNGs with a palette.

Source: the development kit of VOC 2012, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html.
"""
