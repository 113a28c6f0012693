"""The revisions, each as it was released: none is changed later."""
